"""`python -m bench`: every measurement, one table each."""

from bench import (
    ahead,
    desk,
    engine,
    fairness,
    find,
    impact,
    letters,
    registry,
    relevance,
    rush,
    search,
    sentences,
    tables,
    weights,
)

if __name__ == "__main__":
    weights.main()
    relevance.main()
    relevance.main(["--unseen"])
    sentences.main()
    fairness.main()
    engine.main()
    registry.main()
    search.main()
    desk.main()
    find.main()
    impact.main()
    rush.main()
    letters.main()
    ahead.main()
    tables.main()
