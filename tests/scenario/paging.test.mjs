// Tables that change while they are read, a few runs long.
import { paging } from '../chaos/paging.mjs';
import { testFamily } from '../chaos/table.mjs';

testFamily(paging);
