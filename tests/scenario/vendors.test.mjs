// Vendors in trouble: tokens that die, storms of 429 and 5xx, pages that are cut or lie, lines that fall silent.
import { testFamily } from '../chaos/table.mjs';
import { vendors } from '../chaos/vendors.mjs';

testFamily(vendors);
