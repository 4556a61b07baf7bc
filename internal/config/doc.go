// Package config reads the environment into one struct per service, and says
// all that is wrong with it at once.
//
// The struct tags are the documentation: `env` is the name, `envDefault` the
// default, `desc` the line in docs/configuration.md, which a test holds equal;
// `chapter` begins a chapter there, and the fields below it belong to it.
package config
