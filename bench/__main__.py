"""`python -m bench`: every measurement, one table each."""

from bench import engine, registry, relevance, weights

if __name__ == "__main__":
    weights.main()
    relevance.main()
    relevance.main(["--unseen"])
    engine.main()
    registry.main()
