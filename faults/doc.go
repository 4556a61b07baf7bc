// Package faults is what clients know of a service while it is broken, and how
// it is broken: a journal on disk of what was asked for and what was
// acknowledged, the comparison of it with the databases, and the measuring of
// what is promised in docs/faults.md. Its tests, TestF01… to TestF20…, run the
// services as programs of their own on a PostgreSQL, a Redis, an SMTP server of
// their own, and break one of them: `make faults` runs them at length, `make
// test` for a few seconds each.
package faults
