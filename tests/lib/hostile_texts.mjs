// Texts that mean something to somebody: to SQL in its dialects, to SOQL, OData and search filters, to DuckDB, to JSON, to shells and
// templates. Each is a name or a value like any other. Follows: faults F28.

/// What an attacker wants to be run, told with a table that must stay as it is.
const payloads = [
  'DROP TABLE flows', 'DROP TABLE datasets; --', 'DELETE FROM runs', "UPDATE clients SET role = 'admin'", 'SELECT * FROM clients', 'UNION SELECT doc FROM connections',
  "ATTACH '/tmp/x.db' AS x", "COPY (SELECT 1) TO '/tmp/foz-canary'", "SELECT * FROM read_csv('/etc/passwd')", 'INSTALL httpfs; LOAD httpfs', 'PRAGMA writable_schema = 1', 'VACUUM', 'ROLLBACK; BEGIN',
  'OR 1=1', "OR Name LIKE '%'", 'OR Id != null', 'or 1 eq 1', "or contains(name,'a')", 'AND 1=0', '$filter=statecode eq 0', 'LIMIT 0', 'ORDER BY Id DESC', 'FROM Account',
];
/// Ways out of a literal, an identifier, a comment, a URL.
const wrappings = [(p) => `'; ${p}; --`, (p) => `' ${p} --`, (p) => `"; ${p}; --`, (p) => `') ${p} /*`, (p) => `\\' ${p}`, (p) => `'' ${p} ''`, (p) => `"" ${p} ""`, (p) => `\`${p}\``];

const alone = [
  "'", "''", "'''", '"', '""', '\\', '\\\\', "\\'", '`', '``', ';', '--', '/*', '*/', '#', '%', '%%', '_', '%27', '%22', '%2527', '%00', '&', '&amp;', '<', '<script>alert(1)</script>', '$', '$1', '?', '?1', ':1', '@p', '{}', '{{7*7}}', '${7*7}', '#{7*7}', '$(id)', '`id`', '|id', '; id', '../../etc/passwd', '..\\..\\x', '/', '//', '~0', '~1', '.', '..',
  'a.b', 'a[0]', 'a["b"]', "a['b']", '[]', '[0]', '*', '**', '(', ')', '()', 'null', 'NULL', 'true', 'NaN', '-1', '1e999', '0x1F', '__proto__', 'constructor', 'toString', 'select', 'SELECT', 'table', 'rowid', 'main', 'sqlite_master', 'duckdb_settings()',
  "O'Brien", 'Robert"); DROP TABLE students;--', '=1+1', '+1', '@SUM(A1)', 'tab\there', 'line\nbreak', 'carriage\rreturn', ' leading', 'trailing ', 'two  blanks', '\u00a0', '\u200b', '\u202egnp.exe', '\ufeffbom', '\u2019', '\u02bc', '\uff07', '\u0027\u0301', 'ÅngströM', 'ß', 'İ', '日本語', '😀', '👩‍👩‍👧', 'e\u0301', '\u0085', '\u2028', '\u2029', '\ud7ff', '\uffff', 'x'.repeat(200), "'".repeat(60), '('.repeat(60),
];

/// Every text once.
export const hostileTexts = [...new Set([...alone, ...payloads.flatMap((payload, i) => wrappings.filter((_, j) => (i + j) % 2 === 0 || i < 6).map((wrap) => wrap(payload)))])];
