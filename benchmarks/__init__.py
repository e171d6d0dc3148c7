"""I measure Backfile beside its peers, on archives that I make and on one that you give me, and write
`RESULTS.md`.

    python -m benchmarks [--sizes 25000,1000000] [--archive PATH] [--queries N] [--rounds N]
                         [--keep FOLDER] [--no-write]
    python -m benchmarks.house [--checkout PATH]
    python -m benchmarks.before PATH
    python -m benchmarks.known_items --archive PATH
    make bench [ARCHIVE=path] [SIZES=25000] [KEEP=folder]

Ratios are what counts: peers take turns within one run, so that a noisy machine is noisy for all.

- `generated`: large archives of invented articles, distributed as a real one is
- `collection`: which articles: generated ones, or those of a real archive
- `queries`: which questions; a kind of question is a function that draws them
- `peers`: one module an engine, all behind one protocol
- `reindexing`, `asking`: what is timed, in rounds; `measure` takes the times and compares them
- `processes`, `jobs`: what runs in processes of its own, and the memory of all of them together
- `agreement`: whether the peers count the same before anything is timed
- `profiling`: where Backfile's own time goes
- `goals`: what was to be shown, and whether it was
- `house` (with `source`, `entered`, `startup`): how large the code is, how far a question walks in it, what
  a command costs to start; `before` (with `answering`): this checkout beside another, both in `checkout`
- `known_items`: whether articles are found by what readers remember of their titles
- `saved`: what is measured apart and kept, among it the three last
- `machine`, `report` (with `report_queries`, `report_builds`, `figures`): what it ran on, and the page
  that tells it; `suite` runs all of it in order
"""
