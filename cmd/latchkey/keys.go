package main

// keysCommand is what an operator does with signing keys, and what those do who
// trust them.
type keysCommand struct {
	Export      keysExportCommand      `cmd:"" help:"Write the public keys into a folder, to be committed."`
	Check       keysCheckCommand       `cmd:"" help:"Tell whether a folder holds the keys that are served. Exit code 3: it does not."`
	VerifyToken keysVerifyTokenCommand `cmd:"" help:"Say whether an access token is valid, and why not. Exit code 3: it is not."`
}

// partly says whether main is to exit with exitPartly.
func (k *keysCommand) partly() bool { return k.Check.differ || k.VerifyToken.refused }
