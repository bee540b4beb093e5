"""Files a person brings: exports of dashboards that have no API, and costs; from a table in a file to rows we keep."""
