"""Give me an archive, I measure Backfile beside its peers on it and write `RESULTS.md`.

    python -m benchmarks [--archive PATH] [--queries N] [--rounds N] [--no-write]

Ratios are what counts: peers take turns within one run, so that a noisy machine is noisy for all.

- `collection`: which articles (a real archive; a generator of large ones is a second source)
- `queries`: which questions; a kind of query is a function that draws them
- `peers`: one module an engine, all behind one protocol
- `reindexing`, `asking`: what is timed, in rounds; `measure` takes the times and compares them
- `agreement`: whether the peers count the same before anything is timed
- `profiling`: where Backfile's own time goes
- `machine`, `report`: what it ran on, and the page that tells it; `suite` runs all of it in order
"""
