// Follows: Schema Registry contract.
import { problem } from './table.mjs';

const base = '/data/foundation/schemaregistry';
const xdm = 'https://ns.adobe.com/xdm/';
const accept = (modifiers, version = '; version=1') => ({ Accept: `application/vnd.adobe.${modifiers}+json${version}` });
const id = encodeURIComponent;
const named = (code, status = 400, title = undefined) => problem(status, code, title);

/// A field group with fields of the tenant, as 7.3 has it.
const group = (tenant, title, fields, more = {}) => ({
  title, type: 'object', 'meta:intendedToExtend': [`${xdm}context/profile`],
  definitions: { own: { type: 'object', properties: { [`_${tenant}`]: { type: 'object', properties: fields } } } },
  allOf: [{ $ref: '#/definitions/own' }], ...more,
});
const schema = (title, ...parts) => ({ title, type: 'object', description: '', allOf: parts.map(($ref) => ({ $ref })) });

export async function registryRows(t, ingest) {
  const get = (ref, path, headers, want) => t.row(ref, 'GET', base + path, { headers, want });
  const post = (ref, path, body, want) => t.row(ref, 'POST', base + path, { body, want });
  const T = t.api.credentials.tenant ?? (await t.api.get(`${base}/stats`)).body.tenantId;

  // 13
  await get('13', '/stats', {}, { status: 200, body: { tenantId: T, counts: { schemas: 0, mixins: 0, datatypes: 0, classes: 0, unions: 0 }, recentlyCreatedResources: [], recentlyUpdatedResources: [], classUsage: {} } });
  await get('1', '/stats/', {}, 200);

  // 1 and 5: every collection, listed
  for (const path of ['global/schemas', 'global/classes', 'global/fieldgroups', 'global/mixins', 'global/datatypes', 'global/behaviors', 'tenant/schemas', 'tenant/classes',
    'tenant/fieldgroups', 'tenant/mixins', 'tenant/datatypes', 'tenant/unions']) {
    await get('1', `/${path}`, accept('xed-id', ''), { status: 200, body: { results: Array.isArray, _page: { orderby: 'updated', next: null }, _links: { next: null } }, headers: { 'content-type': /^application\/vnd\.adobe\.xed-id\+json/ } });
    await get('1', `/${path}/`, accept('xdm', ''), 200);
  }
  for (const path of ['tenant/descriptors', 'global/descriptors']) await get('11.2', `/${path}`, accept('xdm', ''), { status: 200, body: {} });
  await get('2', '/tenant/schemas', accept('xed', '; version=latest'), 200);
  await get('5', '/tenant/schemas', accept('xed', ''), { status: 200, body: { _links: { global_schemas: { href: (href) => href.endsWith(`${base}/global/schemas`) } } } });
  await get('1', '/tenant/schemas?property=&orderby=&start=&limit=', accept('xed', ''), 200);
  await get('1', '/nothing', accept('xed', ''), 404);
  await t.row('1', 'PATCH', `${base}/stats`, { body: [], want: { status: 405, headers: { allow: /GET/ } } });
  for (const [method, path] of [['POST', '/global/schemas'], ['PUT', `/global/classes/_xdm.context.profile`], ['PATCH', '/global/datatypes/_xdm.context.person'], ['DELETE', '/global/fieldgroups/_xdm.context.identitymap']]) {
    await t.row('1', method, base + path, { body: method === 'DELETE' ? undefined : {}, want: named('XDM-1403-403', 403, 'Operation not allowed') });
  }

  // 2: Accept
  for (const value of ['*/*', 'application/json', 'text/html']) {
    await get('2', '/tenant/schemas', { Accept: value }, named('XDM-1006-400', 400, 'Accept header invalid'));
    await get('2', '/global/classes/_xdm.context.profile', { Accept: value }, named('XDM-1007-400', 400, 'Accept header invalid'));
    await get('2', '/tenant/descriptors', { Accept: value }, named('XDM-1008-400', 400, 'Accept header invalid'));
  }
  const profile = '/global/classes/_xdm.context.profile';
  for (const form of ['xed', 'xdm', 'xed-full', 'xdm-full', 'xed-full-notext', 'xed-full-desc', 'xed-full-flat', 'xed-deprecated', 'xed-deprecatefield', 'xed-notext', 'XED-FULL']) {
    await get('2', profile, accept(form), { status: 200, body: { $id: `${xdm}context/profile` }, headers: { etag: /./, 'x-request-id': /./ } });
  }
  await get('2', profile, accept('xed-full', ' ;  version = 1.0'), 200);
  await get('2', profile, accept('xed-full', ';version=1.7'), 200);
  await get('2', profile, accept('xed-full', ';version=2'), named('XDM-1010-404', 404));
  await get('2', profile, accept('xed-id', ''), { status: 200, body: { title: /./, $id: `${xdm}context/profile`, 'meta:altId': '_xdm.context.profile', version: '1.9.5' } });
  await get('2', profile, accept('xed', ''), named('XDM-1007-400'));
  await get('2', profile, accept('xed-full'), { status: 200, body: { properties: { repositoryCreatedBy: { 'meta:xdmField': 'xdm:repositoryCreatedBy' }, _repo: { properties: { createDate: { format: 'date-time' } } } }, allOf: undefined, definitions: undefined, refs: undefined } });
  await get('2', profile, accept('xdm-full'), { status: 200, body: { properties: { 'xdm:repositoryCreatedBy': { type: 'string' } } } });
  await get('2', profile, accept('xed-full-notext'), { status: 200, body: { title: undefined, properties: { repositoryCreatedBy: { title: undefined, description: undefined } } } });
  await get('2', profile, accept('xdm-full-flat'), { status: 200, body: { properties: { 'xdm:repositoryCreatedBy': {} } } });

  // 1: ids
  await get('1', `/global/classes/${id(`${xdm}context/profile`)}`, accept('xed'), 200);
  await get('1', `/global/classes/${xdm}context/profile`, accept('xed'), 200);
  await get('1', '/tenant/fieldgroups/_xdm.context.profile-person-details', accept('xed'), 200);
  await get('1', '/tenant/classes/_xdm.context.profile/', accept('xed'), 200);

  // 8: ad hoc class and schema
  const adhocClass = await post('8', '/tenant/classes', { title: 'CRM class', description: 'd', type: 'object', allOf: [{ $ref: `${xdm}data/adhoc` }, { properties: { _adhoc: { type: 'object', properties: { field1: { type: 'string' }, field2: { type: 'integer' } } } } }] },
    { status: 201, body: { $id: new RegExp(`^https://ns.adobe.com/${T}/classes/[0-9a-f]{48}$`), 'meta:datasetNamespace': /^_[0-9a-f]{48}$/, 'meta:extends': [`${xdm}data/adhoc`], 'meta:abstract': true, 'meta:extensible': true, version: '1.0', 'meta:resourceType': 'classes' } });
  const adhocSchema = await post('8', '/tenant/schemas', schema('CRM source', adhocClass.$id),
    { status: 201, body: { 'meta:class': adhocClass.$id, 'meta:datasetNamespace': adhocClass['meta:datasetNamespace'], 'meta:extends': [adhocClass.$id, `${xdm}data/adhoc`] } });
  await get('8', `/tenant/schemas/${id(adhocSchema.$id)}`, accept('xed-full'), { status: 200, body: { properties: { [adhocClass['meta:datasetNamespace']]: { properties: { field1: { type: 'string', 'meta:xdmType': 'string' } } } }, allOf: undefined } });

  // 7.1: schemas, with the tutorials' body
  const parts = [`${xdm}context/profile`, `${xdm}context/profile-person-details`, `${xdm}context/profile-personal-details`, `${xdm}context/profile-personal-details`];
  const people = await post('7.1, 18', '/tenant/schemas', { ...schema('Target schema', ...parts), 'meta:containerId': 'tenant', 'meta:resourceType': 'schemas', 'meta:xdmType': 'object', 'meta:class': parts[0] }, {
    status: 201,
    body: {
      title: 'Target schema', description: '', allOf: parts.map(($ref) => ({ $ref, type: 'object', 'meta:xdmType': 'object' })), 'meta:class': parts[0], refs: [parts[1], parts[2], parts[0]],
      'meta:extends': [parts[1], parts[2], `${xdm}common/auditable`, `${xdm}data/record`, parts[0]], version: '1.0', 'meta:containerId': 'tenant', 'meta:altId': /^_/, 'meta:extensible': false, 'meta:abstract': false,
      'meta:sandboxId': /./, 'meta:sandboxType': 'production', 'meta:tenantNamespace': `_${T}`, imsOrg: t.api.credentials.orgId, 'meta:descriptorStatus': { result: [] },
      'meta:registryMetadata': { 'repo:createdDate': Number.isInteger, 'xdm:createdClientId': t.api.credentials.clientId, eTag: /^[0-9a-f]{64}$/, 'meta:globalLibVersion': '1.9.5' },
    },
  });
  const at = `/tenant/schemas/${id(people.$id)}`;
  for (const path of [at, `/tenant/schemas/${people['meta:altId']}`, `/tenant/schemas/${people['meta:altId'].slice(1)}`, `/tenant/schema/${people['meta:altId']}`,
    `/tenant/schemas/${id(people.$id.replace(`/${T}/`, '/another_tenant/'))}`, `/tenant/schemas/${id(people.$id.replace(`/${T}/`, '/{TENANT_ID}/'))}`]) {
    await get('1, 3', path, accept('xed'), { status: 200, body: { $id: people.$id } });
  }
  await get('2', at, accept('xed-full'), { status: 200, body: { 'meta:allFieldAccess': true, properties: { person: { properties: { name: { properties: { firstName: { type: 'string', 'meta:xdmField': 'xdm:firstName' } } } } }, personalEmail: { 'meta:referencedFrom': `${xdm}context/emailaddress` } } } });

  // 7.1, 14, 17: bodies that are refused
  const refused = [
    ['7.1', 'no title', { type: 'object', allOf: [{ $ref: parts[0] }] }, 'XDM-1401-400'],
    ['7.1', 'no class', schema('No class', parts[1]), 'XDM-1413-400'],
    ['7.1', 'two classes', schema('Two classes', parts[0], `${xdm}context/experienceevent`), 'XDM-1413-400'],
    ['7.1', 'a behavior', schema('A behavior', parts[0], `${xdm}data/record`), 'XDM-1413-400'],
    ['7.1', 'a data type', schema('A data type', parts[0], `${xdm}context/person`), 'XDM-1413-400'],
    ['14.8', 'an unknown part', schema('Unknown', parts[0], `${xdm}context/nothing`), 'XDM-1413-400'],
    ['14.3', 'a title twice', schema('Target schema', parts[0]), 'XDM-1521-400'],
  ];
  for (const [ref, , body, code] of refused) await post(ref, '/tenant/schemas', body, named(code));
  await t.row('7', 'POST', `${base}/tenant/schemas`, { body: '{"title": ', headers: { 'Content-Type': 'application/json' }, want: named('XDM-1401-400', 400, 'Malformed request body') });

  // 7.3: field groups
  const loyalty = await post('7.3', '/tenant/fieldgroups', group(T, 'Loyalty', { level: { type: 'string', enum: ['gold', 'silver'] }, points: { type: 'integer', minimum: 0, maximum: 1000 } }),
    { status: 201, body: { $id: new RegExp(`^https://ns.adobe.com/${T}/mixins/`), 'meta:resourceType': 'mixins', 'meta:extensible': true, 'meta:abstract': true, 'meta:intendedToExtend': [parts[0]] } });
  await get('1', `/tenant/mixins/${id(loyalty.$id)}`, accept('xed'), 200);
  await post('7.3', '/tenant/mixins', { title: 'Legacy', type: 'object', 'meta:intendedToExtend': [], properties: { [`_${T}`]: { type: 'object', properties: { old: { type: 'string' } } } } }, { status: 201, body: { $id: /\/mixins\// } });
  await post('14.4', '/tenant/fieldgroups', { title: 'Outside', type: 'object', allOf: [{ properties: { outside: { type: 'string' } } }] }, named('XDM-1020-400', 400, 'Namespace validation error'));
  await post('14.2', '/tenant/fieldgroups', group(T, 'Bad name', { 'a b': { type: 'string' } }), named('XDM-1421-400', 400, 'Field name validation error'));

  // 7.4, 7.2
  const address = await post('7.4', '/tenant/datatypes', { title: 'Shop address', type: 'object', properties: { city: { type: 'string' }, zip: { type: 'string', maxLength: 5 } } }, { status: 201, body: { refs: [], 'meta:extensible': true, 'meta:resourceType': 'datatypes' } });
  await post('7.4', '/tenant/datatypes', { title: 'No fields', type: 'object' }, 400);
  const shops = await post('7.2', '/tenant/classes', { title: 'Shops', type: 'object', allOf: [{ $ref: `${xdm}data/record` }, { properties: { [`_${T}`]: { type: 'object', properties: { shop: { $ref: address.$id } } } } }] }, { status: 201, body: { 'meta:extends': [`${xdm}data/record`] } });
  const shopSchema = await post('7.1', '/tenant/schemas', schema('Shop schema', shops.$id, loyalty.$id), 201);
  await get('10', `/tenant/schemas/${id(shopSchema.$id)}`, accept('xed-full'), { status: 200, body: { properties: { [`_${T}`]: { properties: { shop: { 'meta:referencedFrom': address.$id, properties: { city: { type: 'string' } } }, points: { 'meta:xdmType': 'short' } } } } } });

  // 5: lists
  await get('5', `/tenant/schemas?limit=1`, accept('xed-id', ''), { status: 200, body: { results: (r) => r.length === 1, _page: { next: (n) => n !== null, count: 1 }, _links: { next: { href: /start=/ } } } });
  await get('5', `/tenant/schemas?orderby=-title`, accept('xed', ''), { status: 200, body: { results: (r) => r[0].title === 'Target schema' } });
  await get('5', `/tenant/schemas?property=title==Shop%20schema`, accept('xed', ''), { status: 200, body: { results: (r) => r.length === 1 } });
  await get('5', `/tenant/schemas?property=title~^Shop`, accept('xed', ''), { status: 200, body: { results: (r) => r.length === 1 } });
  await get('5', `/tenant/schemas?property=meta:extends!=${id(`${xdm}data/adhoc`)}`, accept('xed', ''), { status: 200, body: { results: (r) => r.length === 2 } });
  await get('5', `/tenant/schemas?property=${id(`meta:class==${shops.$id},version==1.0`)}`, accept('xed', ''), { status: 200, body: { results: (r) => r.length === 1 } });
  await get('5', `/tenant/datatypes?properties=title,$id`, accept('xdm', ''), { status: 200, body: { results: (r) => Object.keys(r[0]).length === 2 } });
  await get('5', `/tenant/schemas?limit=501`, accept('xed', ''), 400);

  // 7.1: replace and patch
  await t.row('7.1, 15', 'PUT', base + at, { body: { ...people, title: 'People' }, want: { status: 200, body: { title: 'People', version: '1.1' } } });
  await t.row('7.1', 'PATCH', base + at, { body: [{ op: 'add', path: '/allOf/-', value: { $ref: loyalty.$id } }], want: { status: 200, body: { version: '1.2', refs: (r) => r.includes(loyalty.$id) } } });
  await t.row('7.1', 'PATCH', base + at, { body: [{ op: 'replace', path: 'title', value: 'People 2' }], headers: { 'Content-Type': 'application/json-patch+json' }, want: { status: 200, body: { title: 'People 2' } } });
  await t.row('7.1', 'PATCH', base + at, { body: [{ op: 'add', path: '/allOf', value: { $ref: `${xdm}context/profile-work-details` } }], want: 200 });
  await t.row('7.1', 'PATCH', base + at, { body: [{ op: 'test', path: '/title', value: 'no' }], want: named('XDM-1414-400', 400, 'Patch operation failed') });
  await t.row('7.1', 'PATCH', base + at, { body: [{ op: 'remove', path: '/nothing' }], want: named('XDM-1414-400') });
  await t.row('15', 'PATCH', base + at, { body: [{ op: 'remove', path: '/allOf/5' }], want: 200 });
  await t.row('15', 'DELETE', `${base}/tenant/fieldgroups/${id(loyalty.$id)}`, { want: named('XDM-1416-400', 400, 'Breaking change') });
  await t.row('7.2', 'DELETE', `${base}/tenant/classes/${id(shops.$id)}`, { want: named('XDM-1416-400') });
  await post('14.7', '/tenant/fieldgroups', group(T, 'Map of nothing', { map: { type: 'object', 'meta:xdmType': 'map' } }), named('XDM-1401-400'));
  await post('16', '/tenant/fieldgroups', group(T, 'Wrong keyword', { level: { type: 'integer', minimum: '5' } }), named('XDM-1401-400'));
  await t.row('14.6', 'POST', `${base}/tenant/fieldgroups`, { body: group(T, 'Wrong enum', { level: { type: 'integer', enum: ['a'] } }), want: 400 });

  // 11: descriptors
  const identity = { '@type': 'xdm:descriptorIdentity', 'xdm:sourceSchema': people.$id, 'xdm:sourceVersion': 1, 'xdm:sourceProperty': '/personalEmail/address', 'xdm:namespace': 'Email', 'xdm:property': 'xdm:code', 'xdm:isPrimary': true };
  const primary = await post('11.1', '/tenant/descriptors', identity, { status: 201, body: { '@id': /^[0-9a-f]{48}$/, version: '1', imsOrg: /./, 'meta:containerId': 'tenant', created: Number.isInteger, createdUser: /./ } });
  await post('11.1', '/tenant/descriptors', identity, { status: 201, body: { '@id': primary['@id'] } });
  await post('11.1', '/tenant/descriptors', { ...identity, 'xdm:namespace': 'CRMID' }, { status: 400, body: { detail: new RegExp(primary['@id']) } });
  await post('11.1', '/tenant/descriptors', { ...identity, 'xdm:sourceProperty': '/person/name/lastName' }, named('XDM-1524-400'));
  await post('11.1', '/tenant/descriptors', { ...identity, 'xdm:sourceProperty': '/nowhere', 'xdm:isPrimary': false }, named('XDM-1523-400', 400, 'Descriptor validation error'));
  await post('11.1', '/tenant/descriptors', { ...identity, 'xdm:sourceProperty': '/person', 'xdm:isPrimary': false }, named('XDM-1523-400'));
  await post('11.1', '/tenant/descriptors', { ...identity, '@type': 'xdm:descriptorNothing' }, named('XDM-1523-400'));
  await post('11.1', '/tenant/descriptors', { ...identity, 'xdm:sourceSchema': `${people.$id}0` }, 400);
  await get('10.4', at, accept('xed-full'), { status: 200, body: { required: ['personalEmail'], properties: { personalEmail: { required: ['address'], properties: { address: { minLength: 1 } } } } } });
  await get('2', at, accept('xed-full-desc'), { status: 200, body: { 'meta:descriptors': (d) => d.length === 1 } });
  for (const [form, shape] of [['xdm-id', [primary['@id']]], ['xdm-link', [`/tenant/descriptors/${primary['@id']}`]], ['xdm', (d) => d[0]['@id'] === primary['@id']]]) {
    await get('11.2', '/tenant/descriptors', accept(form, ''), { status: 200, body: { 'xdm:descriptorIdentity': shape } });
  }
  for (const form of ['xdm-v2', 'xdm-v2-link', 'xdm-v2-id', 'xed-v2']) await get('11.2', '/tenant/descriptors', accept(form, ''), { status: 200, body: { results: (r) => r.length === 1, _page: {}, _links: {} } });
  await get('11.2', `/tenant/descriptors?property=${id('@type==xdm:descriptorIdentity')}&property=${id('xdm:isPrimary==true')}`, accept('xdm-v2', ''), { status: 200, body: { results: (r) => r.length === 1 } });
  await get('2', `/tenant/descriptors/${primary['@id']}`, {}, 200);
  await t.row('11.3', 'PUT', `${base}/tenant/descriptors/${primary['@id']}`, { body: { ...identity, 'xdm:namespace': 'Email_LC' }, want: { status: 200, body: { '@id': primary['@id'] } } });
  await t.row('11.3', 'PUT', `${base}/tenant/descriptors/${primary['@id']}`, { body: { ...identity, '@type': 'xdm:descriptorDeprecated' }, want: 400 });
  await t.row('11.3', 'PATCH', `${base}/tenant/descriptors/${primary['@id']}`, { body: [], want: { status: 405, headers: { allow: /PUT/ } } });
  for (const more of [
    { '@type': 'xdm:alternateDisplayInfo', 'xdm:sourceProperty': '/person/name/firstName', 'xdm:title': { en_us: 'Given name' } },
    { '@type': 'xdm:descriptorReferenceIdentity', 'xdm:sourceProperty': '/person/name/lastName', 'xdm:identityNamespace': 'CRMID' },
    { '@type': 'xdm:descriptorOneToOne', 'xdm:sourceProperty': '/person/name/middleName', 'xdm:destinationSchema': shopSchema.$id, 'xdm:destinationVersion': 1 },
    { '@type': 'xdm:descriptorRelationship', 'xdm:sourceProperty': '/person/name/suffix', 'xdm:destinationSchema': shopSchema.$id, 'xdm:destinationVersion': 1, 'xdm:cardinality': 'M:1' },
    { '@type': 'xdm:descriptorTimestamp', 'xdm:sourceProperty': '/_repo/modifyDate' },
    { '@type': 'xdm:descriptorVersion', 'xdm:sourceProperty': '/_repo/createDate' },
    { '@type': 'xdm:descriptorTimeSeriesGranularity', 'xdm:granularity': 'day', 'xdm:ianaTimezone': 'UTC' },
    { '@type': 'xdm:descriptorDeprecated', 'xdm:sourceProperty': '/faxPhone' },
    { '@type': 'xdm:descriptorLabel', 'xdm:sourceProperty': '/personalEmail/address', 'xdm:labels': ['core/C1'] },
  ]) {
    await post('11.1', '/tenant/descriptors', { 'xdm:sourceSchema': people.$id, 'xdm:sourceVersion': 1, ...more }, { status: 201, body: { '@type': more['@type'] } });
  }
  await get('15', at, accept('xed-deprecatefield'), { status: 200, body: { properties: { faxPhone: { 'meta:status': 'deprecated' } } } });

  // 14.5, 7.6: unions
  const loose = await post('7.1', '/tenant/schemas', schema('Loose', parts[0]), 201);
  await t.row('14.5', 'PATCH', `${base}/tenant/schemas/${id(loose.$id)}`, { body: [{ op: 'add', path: '/meta:immutableTags', value: ['union'] }], want: named('XDM-1528-400', 400, 'Union descriptor validation error') });
  await get('7.6', `/tenant/unions/${id(`${parts[0]}__union`)}`, accept('xed'), named('XDM-1015-404', 404));
  await t.row('14.5', 'PATCH', base + at, { body: [{ op: 'add', path: '/meta:immutableTags', value: ['union'] }], want: { status: 200, body: { 'meta:immutableTags': ['union'] } } });
  await t.row('14.5', 'PATCH', base + at, { body: [{ op: 'remove', path: '/meta:immutableTags' }], want: named('XDM-1527-400', 400, 'Union descriptor validation error') });
  await get('7.6', '/tenant/unions', accept('xed-id', ''), { status: 200, body: { results: (r) => r.length === 1 && r[0].$id === `${parts[0]}__union` } });
  await get('7.6', '/tenant/unions/_xdm.context.profile__union', accept('xed-full'), { status: 200, body: { 'meta:resourceType': 'unions', 'meta:class': parts[0], version: '1.0', properties: { identityMap: {}, timeSeriesEvents: {}, person: {} } } });
  await get('1', `/tenant/schemas/${id(`${parts[0]}__union`)}`, accept('xed'), 200);
  await t.row('11.3', 'DELETE', `${base}/tenant/descriptors/${primary['@id']}`, { want: named('XDM-1526-403', 403) });
  await t.row('7.1', 'DELETE', base + at, { want: named('XDM-1416-400') });

  // 15: in use through the union: every breaking change is listed, also without making it
  const breaking = [{ op: 'remove', path: '/definitions/own/properties/_' + T + '/properties/points' }, { op: 'replace', path: '/definitions/own/properties/_' + T + '/properties/level/enum', value: ['gold'] }];
  const lists = (errors) => Array.isArray(errors) && errors.length === 2;
  await t.row('15', 'PATCH', `${base}/tenant/fieldgroups/${id(loyalty.$id)}`, { body: breaking, want: { status: 400, body: { type: /XDM-1416-400/, title: 'Breaking change', report: { 'sub-errors': lists } } } });
  await t.row('15', 'PATCH', `${base}/tenant/fieldgroups/${id(loyalty.$id)}?validateOnly=true`, { body: breaking, want: { status: 200, body: { compatible: false, changes: (c) => lists(c.filter((one) => one.inUse)) && lists(c.filter((one) => !one.inUse && one.title === 'Shop schema')) } } });
  const growing = [{ op: 'add', path: '/definitions/own/properties/_' + T + '/properties/joined', value: { type: 'string', format: 'date' } }];
  await t.row('15', 'PATCH', `${base}/tenant/fieldgroups/${id(loyalty.$id)}?validateOnly=true`, { body: growing, want: { status: 200, body: { compatible: true, changes: [] } } });
  await t.row('15', 'PATCH', `${base}/tenant/fieldgroups/${id(loyalty.$id)}`, { body: growing, want: { status: 200, body: { version: '1.1' } } });

  // 12: rpc
  const exported = await get('12', `/rpc/export/${id(shopSchema.$id)}`, {}, { status: 200, body: (r) => Array.isArray(r) && r.length === 4 && r.at(-1).$id.includes('<XDM_TENANTID_PLACEHOLDER>') && !JSON.stringify(r).includes(`/${T}/`) });
  await get('12', `/rpc/export/_${T}.schemas.ffff`, {}, 404);
  await post('12', '/rpc/import', exported, { status: 200, body: (r) => r.length === 4 });
  await post('1', '/rpc/export/', exported, 200);
  await post('12', '/rpc/import', exported.map((one) => ({ ...one, title: `${one.title}?` })), named('XDM-3005-400', 400, 'Import Resource Failed'));
  await get('12', `/rpc/sampledata/${id(people.$id)}`, {}, { status: 200, body: { 'xdm:person': {}, 'repo:createDate': '2004-10-23T12:00:00-06:00' } });
  await get('12', `/rpc/sampledata/${id(people.$id)}`, accept('xed'), { status: 200, body: { person: { birthYear: 1 }, _repo: { createDate: '2004-10-23T12:00:00-06:00' } } });
  const log = await get('12', `/rpc/auditlog/${id(people.$id)}`, {}, { status: 200, body: (r) => Array.isArray(r) && r.length >= 4 });
  t.holds('12', `the audit log holds ${JSON.stringify(log?.[0])}`, log?.[0]?.updates?.length > 0 && /^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d$/.test(log[0].updatedTime) && JSON.stringify(log[0].auditTrails) === JSON.stringify(log[0].updates));

  // 17: what is not there
  for (const [collection, code] of [['classes', 'XDM-1010-404'], ['fieldgroups', 'XDM-1011-404'], ['mixins', 'XDM-1011-404'], ['schemas', 'XDM-1012-404'], ['datatypes', 'XDM-1013-404'], ['unions', 'XDM-1015-404']]) {
    await get('17', `/tenant/${collection}/_${T}.${collection}.0000`, accept('xed'), { ...named(code, 404, 'Resource not found'), headers: { 'content-type': /^application\/json/ } });
  }
  await get('17', '/global/behaviors/_xdm.data.nothing', accept('xed'), named('XDM-1014-404', 404));
  for (const container of ['tenant', 'global']) await get('1, 17', `/${container}/descriptors/0000`, accept('xed'), named('XDM-1016-404', 404));
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    await t.row('17', method, `${base}/tenant/schemas/_${T}.schemas.0000`, { body: method === 'DELETE' ? undefined : method === 'PUT' ? schema('x', parts[0]) : [], want: named('XDM-1012-404', 404) });
  }
  await t.row('7', 'DELETE', `${base}/tenant/schemas/${id(loose.$id)}`, { want: { status: 204, body: '' } });
  await get('17', `/tenant/schemas/${id(loose.$id)}`, accept('xed'), { status: 404, body: { report: { registryRequestId: /./, timestamp: /^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d$/, 'detailed-message': /./, 'sub-errors': [] }, detail: (d) => d === `The requested schema resource ${loose.$id} with version 1 is not found.` } });

  // 1: the same verbs on every collection
  const bodies = {
    fieldgroups: group(T, 'One', { a: { type: 'string' } }), mixins: group(T, 'One', { a: { type: 'string' } }),
    classes: { title: 'One', type: 'object', allOf: [{ $ref: `${xdm}data/record` }] }, datatypes: { title: 'One', type: 'object', properties: { a: { type: 'string' } } }, schemas: schema('One', parts[0]),
  };
  for (const [collection, body] of Object.entries(bodies)) {
    const one = await post('1', `/tenant/${collection}`, body, 201);
    const path = `${base}/tenant/${collection}/${id(one.$id)}`;
    await get('6', `/tenant/${collection}/${one['meta:altId']}`, accept('xed-full'), { status: 200, headers: { etag: /./ } });
    await t.row('1', 'PUT', path, { body: { ...body, description: 'put' }, want: { status: 200, body: { description: 'put', version: '1.1' } } });
    await t.row('1', 'PUT', path, { body: { ...body, description: 'put' }, want: { status: 200, body: { version: '1.1' } } });
    await t.row('1', 'PATCH', path, { body: [{ op: 'replace', path: '/description', value: 'patched' }, { op: 'copy', from: '/title', path: '/title' }, { op: 'test', path: '/title', value: 'One' }], want: { status: 200, body: { description: 'patched', version: '1.2' } } });
    await t.row('15', 'DELETE', `${path}?validateOnly=true`, { want: { status: 200, body: { compatible: true } } });
    await t.row('1', 'DELETE', `${path}/`, { want: 204 });
    await t.row('1', 'DELETE', path, { want: 404 });
  }
  await get('7.5', '/global/behaviors/_xdm.data.record', accept('xed-full'), { status: 200, body: { properties: { _id: { format: 'uri-reference' } } } });
  await get('7.5', '/global/behaviors', accept('xed-id', ''), { status: 200, body: { results: (r) => r.length === 4 } });
  const passing = await post('11.3', '/tenant/descriptors', { '@type': 'xdm:descriptorDeprecated', 'xdm:sourceSchema': shopSchema.$id, 'xdm:sourceVersion': 1, 'xdm:sourceProperty': `/_${T}/level` }, 201);
  await t.row('11.3', 'DELETE', `${base}/tenant/descriptors/${passing['@id']}`, { want: { status: 204, body: '' } });
  await get('11.3', `/tenant/descriptors/${passing['@id']}`, {}, named('XDM-1016-404', 404));
  return { people, shopSchema, adhocSchema, T };
}
