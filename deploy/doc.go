// Package deploy has no code: beside it lie the files by which latchkey is run
// elsewhere, and its tests hold them to the programs, to each other, and to
// whatever reads them and can be had without a network. docs/deploy.md explains
// them.
package deploy
