"""A cluster of OpenSearch nodes. Settings go in, a client comes out whose failures are sentences."""
