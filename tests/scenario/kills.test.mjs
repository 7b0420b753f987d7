// Killed at every named point, and at any moment: after the next start every row is there, once.
import { kills } from '../chaos/kills.mjs';
import { testFamily } from '../chaos/table.mjs';

testFamily(kills);
