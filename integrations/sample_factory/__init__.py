"""A made-up car-parts maker whose five systems speak as real ones do; see docs/sample-factory.md."""
