// Package config reads the environment into one struct per service, and says
// all that is wrong with it at once.
//
// The struct tags are the documentation: `env` is the name, `envDefault` the
// default, `desc` the line in the README's table, which a test holds equal.
package config
