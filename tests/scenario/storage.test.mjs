// A database that somebody holds, and fifty flows that run again and again.
import { storage } from '../chaos/storage.mjs';
import { testFamily } from '../chaos/table.mjs';

testFamily(storage);
