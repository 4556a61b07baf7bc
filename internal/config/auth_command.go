package config

// keysCommand are the variables that LoadKeysCommand holds to their rules.
var keysCommand = []string{
	"DATABASE_URL", "AUTH_DATABASE_URL", "KEY_ENCRYPTION_KEY", "KEY_ENCRYPTION_KEY_PREVIOUS", "KEY_ALG", "KEY_BITS",
}

// LoadKeysCommand reads what `latchkey keys …` needs of the auth service's
// configuration to make keys: its database, and how they are kept.
func LoadKeysCommand(environ []string) (Auth, error) {
	c, err := LoadAuth(environ)
	return c, only(err, keysCommand)
}

// LoadAuthCommand reads what `latchkey mail …`, `clients …` and `keys …` need of the
// auth service's configuration: its database. What is wrong with the rest does not matter
// there.
func LoadAuthCommand(environ []string) (Auth, error) {
	c, err := LoadAuth(environ)
	return c, only(err, []string{"DATABASE_URL", "AUTH_DATABASE_URL"})
}
