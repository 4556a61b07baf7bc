// Package doctor says where a deployment's time goes, and what is wrong with
// it, from what the ops listeners show.
//
//	sample.go      two scrapes of a service, and what happened between them
//	time.go        where time went: passwords, connections, statements, mails
//	bottleneck.go  which of these is too much, and the fix
//	state.go       what the metrics say is wrong without any time being lost
//	report.go      for a person
//
// It knows neither the services' configuration nor their databases: `latchkey
// doctor` (cmd/latchkey) asks those. deploy/prometheus/rules/bottleneck.yml
// goes by the same law, with the same numbers, over the last five minutes.
package doctor
