// Material beside the project that tests may read, and must do without: FOZ_SHARED, else ../shared.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = process.env.FOZ_SHARED ?? new URL('../../../shared', import.meta.url).pathname;

/// The path of a part of it; undefined where it is absent.
export const shared = (part) => (existsSync(join(root, part)) ? join(root, part) : undefined);
