// Runs that are cancelled at every fourth named point; at all of them behind make chaos.
import { cancels } from '../chaos/cancels.mjs';
import { testFamily } from '../chaos/table.mjs';

testFamily(cancels);
