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


@cache
def document() -> dict[str, Any]:
    """Return the document that `google-api-python-client` ships."""
    folder = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    return dict(json.loads((folder / "youtube.v3.json").read_text()))


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Turn one of Google's schemas into JSON Schema."""
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
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
def definitions() -> dict[str, Any]:
    """Return every schema of the document, converted."""
    return {name: strict(schema) for name, schema in document()["schemas"].items() if "type" in schema}


@cache
def validator_of(endpoint: str) -> Draft202012Validator:
    """Return what checks the answers of an endpoint."""
    resource, _, method = UPLOAD_ENDPOINTS.get(endpoint, endpoint).partition(".")
    wanted = document()["resources"][resource]["methods"][method]["response"]["$ref"]
    return Draft202012Validator({"$ref": f"#/$defs/{wanted}", "$defs": definitions()})


def complaints(answers: list[dict[str, Any]]) -> list[str]:
    """Return everything in recorded answers that does not fit, as sentences; empty when all is well."""
    found: list[str] = []
    for answer in answers:
        failed = answer["status"] >= 400
        validator = Draft202012Validator(ERROR) if failed else validator_of(answer["endpoint"])
        for error in validator.iter_errors(answer["body"]):
            found.append(f"{answer['endpoint']} {answer['status']}: {error.json_path}: {error.message[:300]}")
    return found
