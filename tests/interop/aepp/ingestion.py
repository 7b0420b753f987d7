"""Schemas, data sets, uploaded batches and downloads through the client's own methods."""
import io
import json
import sys
import tempfile
import time
import pathlib

from aepp import catalog, dataaccess, ingestion, schema, schemamanager
import pyarrow
import pyarrow.parquet as parquet

from crm_tutorial import PARTS, XDM, Report, connect
from processes import World

ROWS = [{"_id": f"p{n}", "person": {"name": {"firstName": f"First {n}", "lastName": f"Last {n}"}, "birthYear": 1950 + n},
         "personalEmail": {"address": f"p{n}@example.org"}} for n in range(25)]
FLAT = {"first_name": "string", "last_name": "string", "visits": "integer"}


def make_schemas(report, registry):
    tenant = registry.getTenantId()
    group = registry.createFieldGroup({
        "title": "Loyalty of uploads", "type": "object", "meta:intendedToExtend": [PARTS[0]],
        "definitions": {"own": {"type": "object", "properties": {f"_{tenant}": {"type": "object", "properties": {"level": {"type": "string"}}}}}},
        "allOf": [{"$ref": "#/definitions/own"}]})
    report.check("createFieldGroup", "$id" in group, group)
    people = registry.createSchema({"type": "object", "title": "Uploaded people", "allOf": [{"$ref": part} for part in PARTS + [group["$id"]]]})
    report.check("createSchema", "$id" in people, people)
    report.check("getFieldGroup finds a standard one", registry.getFieldGroup("_xdm.context.profile-person-details").get("$id") == PARTS[1], "")
    manager = schemamanager.SchemaManager(people["$id"])
    report.check("SchemaManager knows the parts", len(manager.fieldGroupIds) == 3, manager.fieldGroupIds)
    patched = registry.patchSchema(people["$id"], [{"op": "add", "path": "/description", "value": "changed"}])
    report.check("patchSchema", patched.get("description") == "changed" and patched.get("version") == "1.1", patched)
    descriptor = registry.createDescriptor(descriptorObj={
        "@type": "xdm:descriptorIdentity", "xdm:sourceSchema": people["$id"], "xdm:sourceVersion": 1, "xdm:sourceProperty": "/personalEmail/address",
        "xdm:namespace": "Email", "xdm:property": "xdm:code", "xdm:isPrimary": True})
    report.check("createDescriptor", "@id" in descriptor, descriptor)
    report.check("getDescriptors", any(one["@id"] == descriptor["@id"] for one in registry.getDescriptors()), "")
    flat_class = registry.createClass({"title": "Flat uploads class", "type": "object", "allOf": [
        {"$ref": XDM + "data/adhoc"}, {"properties": {"_adhoc": {"type": "object", "properties": {name: {"type": kind} for name, kind in FLAT.items()}}}}]})
    flat = registry.createSchema({"type": "object", "title": "Flat uploads", "allOf": [{"$ref": flat_class["$id"]}]})
    report.check("createClass and createSchema of flat rows", "$id" in flat, flat)
    report.check("getSchemaSample", isinstance(registry.getSchemaSample(people["$id"]), dict), "")
    return people["$id"], flat["$id"]


def make_dataset(report, lake, name, schema_id):
    made = lake.createDataSet(name=name, schemaId=schema_id)
    report.check(f"createDataSet {name}", isinstance(made, list), made)
    return made[0].rsplit("/", 1)[1]


def finished(lake, batch, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        found = lake.getBatch(batch)[batch]
        if found["status"] in ("success", "failed"):
            return found
        time.sleep(0.1)
    raise RuntimeError("the batch came to no end")


def parquet_bytes():
    table = pyarrow.Table.from_pylist(ROWS)
    out = io.BytesIO()
    parquet.write_table(table, out)
    return out.getvalue()


def send_bytes(sending, batch, dataset, path, data):
    """What is not JSON: the client's method would write it as JSON, so its session sends it with its headers."""
    headers = {**sending.header, "Content-Type": "application/octet-stream", "Authorization": f"Bearer {sending.connector.token}"}
    return sending.connector.session.put(f"{sending.endpoint}/batches/{batch}/datasets/{dataset}/files/{path}", headers=headers, data=data)


def ingest(report, sending, lake, form, dataset, data, **more):
    made = sending.createBatch(datasetId=dataset, format=form, **more)
    report.check(f"createBatch of {form}", made.get("status") == "loading", made)
    batch = made["id"]
    if isinstance(data, bytes):
        answer = send_bytes(sending, batch, dataset, f"rows.{form}", data)
        report.check(f"upload of {form}", answer.status_code == 200, answer.text)
    else:
        answer = sending.uploadSmallFile(batchId=batch, datasetId=dataset, filePath=f"rows.{form}", data=data)
        report.check(f"uploadSmallFile of {form}", not (isinstance(answer, dict) and answer.get("status", 200) >= 400), answer)
    sending.uploadSmallFileFinish(batchId=batch)
    end = finished(lake, batch)
    return batch, end


def landed(access, batch):
    rows = []
    for file in access.getBatchFiles(batch):
        for part in access.getFiles(file["dataSetFileId"])["data"]:
            rows += parquet.read_table(access.getFiles(file["dataSetFileId"], path=part["name"])).to_pylist()
    return rows


def check_forms(report, sending, lake, access, people, flat):
    for form, data in (("json", ROWS), ("parquet", parquet_bytes())):
        batch, end = ingest(report, sending, lake, form, people, data)
        report.check(f"{form}: all rows land", end["status"] == "success" and end["recordCount"] == len(ROWS), end)
        rows = landed(access, batch)
        report.check(f"{form}: values are equal", sorted(r["_id"] for r in rows) == sorted(r["_id"] for r in ROWS) and
                     {r["_id"]: r["person"]["name"]["firstName"] for r in rows} == {r["_id"]: r["person"]["name"]["firstName"] for r in ROWS}, rows[:2])
    csv = "first_name,last_name,visits\n" + "".join(f"First {n},Last {n},{n}\n" for n in range(10))
    batch, end = ingest(report, sending, lake, "csv", flat, csv.encode())
    report.check("csv: all rows land", end["status"] == "success" and end["recordCount"] == 10, end)
    return batch


def check_errors(report, sending, lake, access, people):
    lines = "\n".join([json.dumps(ROWS[0]), json.dumps({"_id": "x", "nothing": 1}), "{broken"]).encode()
    batch, end = ingest(report, sending, lake, "json", people, lines, partialIngestionPercentage=70)
    report.check("partial ingestion keeps the good row", end["status"] == "success" and end["recordCount"] == 1 and end["failedRecordCount"] == 2, end)
    batch, end = ingest(report, sending, lake, "json", people, lines)
    report.check("without a threshold the batch fails", end["status"] == "failed", end["status"])
    failed = access.getBatchFailed(batch)
    report.check("getBatchFailed lists its input", len(failed.get("data", failed) if isinstance(failed, dict) else failed) >= 1, failed)
    frame = lake.getFailedBatchesDF(limit=10)
    report.check("getFailedBatchesDF shows it", len(frame) >= 1, frame)


def check_monitoring(report, lake, access, people):
    batches = lake.getBatches(dataSet=people, output="raw")
    report.check("getBatches", len(batches) == 4, list(batches))
    report.check("getLastBatches", people in lake.getLastBatches(dataSetId=people), "")
    report.check("getDataSet", lake.getDataSet(people)[people]["statsCache"]["recordCount"] > 0, "")
    report.check("getPreview", len(access.getPreview(people)) > 0, "")
    first = next(key for key, batch in batches.items() if batch["status"] == "success" and batch["recordCount"] == len(ROWS))
    begin = access.getFiles(f"{first}-1", path="part-00000.parquet", range="bytes=0-3")  # the client asks again without the range
    report.check("getFiles with a range", begin.read()[:4] == b"PAR1", "")
    head = access.getHeadFile(f"{first}-1", path="part-00000.parquet")
    report.check("getHeadFile", head is not None, head)
    report.check("deleteDataSet", isinstance(lake.deleteDataSet(people), (list, int, dict)), "")


def main():
    report = Report()
    print("aepp: schemas, uploads, downloads")
    with World(rows=10) as world:
        connect(world.credentials)
        people_schema, flat_schema = make_schemas(report, schema.Schema())
        lake, access, sending = catalog.Catalog(), dataaccess.DataAccess(), ingestion.DataIngestion()
        people = make_dataset(report, lake, "Uploaded people", people_schema)
        flat = make_dataset(report, lake, "Flat uploads", flat_schema)
        check_forms(report, sending, lake, access, people, flat)
        check_errors(report, sending, lake, access, people)
        check_monitoring(report, lake, access, people)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
