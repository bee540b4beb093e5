"""Google's discovery document of the YouTube Data API as JSON Schema: strict, no property that is not defined."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient
from jsonschema import Draft202012Validator

FORMATS: dict[str, dict[str, Any]] = {
    "int64": {"pattern": r"^-?\d+$"},
    "uint64": {"pattern": r"^\d+$"},
    "uint32": {"minimum": 0, "maximum": 2**32 - 1},
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "date-time": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"},
    "google-datetime": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"},
    "google-duration": {"pattern": r"^\d+(\.\d+)?s$"},
}
UPLOAD_ENDPOINTS = {
    "videos.insert.put": "videos.insert", "videos.insert.status": "videos.insert",
    "thumbnails.set.put": "thumbnails.set",
}  # fmt: skip
ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "errors"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string"},
                "status": {"type": "string"},
                "details": {"type": "array", "items": {"type": "object", "required": ["@type"]}},
                "errors": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["message", "domain", "reason"],
                        "additionalProperties": False,
                        "properties": {
                            name: {"type": "string"}
                            for name in ("message", "domain", "reason", "location", "locationType", "extendedHelp")
                        },
                    },
                },
            },
        }
    },
}
"""The error envelope, which is no part of the discovery document (youtube.md 12.1)."""


DOCUMENTS = {
    "reports.query": "youtubeAnalytics.v2", "reportTypes": "youtubereporting.v1", "jobs": "youtubereporting.v1",
}  # fmt: skip
"""Endpoints (or what they are of) whose document is another one than the Data API's."""


@cache
def document(name: str = "youtube.v3") -> dict[str, Any]:
    """Return a document that `google-api-python-client` ships."""
    folder = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    return dict(json.loads((folder / f"{name}.json").read_text()))


def document_of(endpoint: str) -> str:
    """Return the name of the document an endpoint is in."""
    return DOCUMENTS.get(endpoint) or DOCUMENTS.get(endpoint.split(".")[0]) or "youtube.v3"


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Turn one of Google's schemas into JSON Schema."""
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    if schema["type"] == "any":
        return {}
    made: dict[str, Any] = {"type": schema["type"], **FORMATS.get(schema.get("format", ""), {})}
    if "enum" in schema:
        made["enum"] = schema["enum"]
    if "items" in schema:
        made["items"] = strict(schema["items"])
    if schema["type"] == "object":
        below = schema.get("additionalProperties")
        made["properties"] = {name: strict(one) for name, one in schema.get("properties", {}).items()}
        made["additionalProperties"] = strict(below) if below else False
    return made


@cache
def definitions(name: str = "youtube.v3") -> dict[str, Any]:
    """Return every schema of a document, converted."""
    return {key: strict(schema) for key, schema in document(name)["schemas"].items() if "type" in schema}


@cache
def validator_of(endpoint: str) -> Draft202012Validator:
    """Return what checks the answers of an endpoint."""
    *path, method = UPLOAD_ENDPOINTS.get(endpoint, endpoint).split(".")
    name = document_of(endpoint)
    resource = document(name)
    for step in path:
        resource = resource["resources"][step]
    wanted = resource["methods"][method]["response"]["$ref"]
    return Draft202012Validator({"$ref": f"#/$defs/{wanted}", "$defs": definitions(name)})


def complaints(answers: list[dict[str, Any]]) -> list[str]:
    """Return everything in recorded answers that does not fit, as sentences; empty when all is well."""
    found: list[str] = []
    for answer in answers:
        failed = answer["status"] >= 400
        bulk = document_of(answer["endpoint"]) == "youtubereporting.v1" or answer["endpoint"] == "media.download"
        if failed and bulk and "errors" not in answer["body"].get("error", {}):
            continue  # its errors have no list of reasons (youtube.md 11.6)
        validator = Draft202012Validator(ERROR) if failed else validator_of(answer["endpoint"])
        for error in validator.iter_errors(answer["body"]):
            found.append(f"{answer['endpoint']} {answer['status']}: {error.json_path}: {error.message[:300]}")
    return found
