"""The processes of the benchmark `api`: the two servers, and the clients."""
