// Rows that cannot be read, rows around the threshold, values at the edges of their types.
import { rows } from '../chaos/rows.mjs';
import { testFamily } from '../chaos/table.mjs';

testFamily(rows);
