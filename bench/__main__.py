"""`python -m bench`: every measurement, one table each."""

from bench import engine, weights

if __name__ == "__main__":
    weights.main()
    engine.main()
