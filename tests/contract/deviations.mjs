// Where Foz answers otherwise than a published API description says, and what in the contract decides so. `where` fits the
// text of a difference; `unseen` operations that the contract does not ask for.
const kErrors = { where: /answers (4\d\d), which is not described$/, why: 'the descriptions leave most errors out; the contracts name them (Schema Registry 17, Catalog 10, Ingestion 16, gateway 2)' };

const kDeviations = {
  'schema-registry': [
    kErrors,
    { where: /^GET \/stats 200: \/classUsage must be array/, why: 'Schema Registry 19: an object by class, as the guide has it' },
    { where: /200: \/_(page|links)\/next must be string/, why: 'Schema Registry 5: null when there is no further page' },
    { where: /\/xdm:sourceVersion must be string/, why: 'Schema Registry 11.1: an integer' },
    { where: /\/xdm:descriptorIdentity\/n must be object/, why: 'Schema Registry 11.2: ids and links by media type' },
    { where: /\/@type must be equal to one of the allowed values/, why: 'Schema Registry 11.1: more kinds of descriptors' },
    { where: /^DELETE .* answers 200/, why: "a change that is only tried (validateOnly) is Foz's own" },
    { where: /^GET \/rpc\/auditlog.*\/value must be string/, why: 'Schema Registry 12: the value itself' },
  ],
  catalog: [
    kErrors,
    { where: /\/persistence\/adls\/adlsType must be object/, why: 'Catalog 3.2: a word' },
    { where: /\/fileDescription\/quotes must be array/, why: 'Catalog 3.1: arrays or strings' },
    { where: /\/tags\/acp_(enableErrorDiagnostics|partialIngestionPercent) must be array/, why: 'Catalog 4.1: the two diagnostics tags are a bare boolean and number' },
    { where: /^POST \/ 201: \/n must be string/, why: 'Catalog 8: an entry of id, code and body for each request' },
  ],
  'dataset-service': [kErrors],
  'batch-ingestion': [
    kErrors,
    { where: /^POST \/batches 201: \/status must be equal/, why: 'Ingestion 2: a new batch is loading' },
    { where: /files\/{filePath} answers 201/, why: 'Ingestion 20: INITIALIZE answers 201' },
  ],
  'data-access': [kErrors, { where: /\/meta 200:  must be object/, why: 'Ingestion 13: the sample of row errors is an array' }],
  sandbox: [
    kErrors,
    { where: /\/sandboxTypes\/n must be object/, why: 'Sandboxes 8: strings' },
    { where: /sandboxes\/{sandboxName} answers 200/, why: 'Sandboxes 5.4: validationOnly has no effect and says so with 200' },
    { where: /\/exim\/packages answers 501/, unseen: /\/exim\//, why: 'Sandboxes 1: sandbox tooling is 501' },
  ],
  'access-control': [kErrors, { where: /answers 501/, unseen: /\/administration\/(?!roles$)|^POST \/administration\/roles$/, why: 'Sandboxes 4.1: roles are listed, the rest of administration is 501' }],
};

export const decided = (name) => kDeviations[name] ?? [];
