"""The families of cases; their numbers are those that the Autobahn test suite made known."""
