"""The source over an OpenSearch cluster. A tree and a plan go in; requests go to the cluster; what a source
answers comes out."""
