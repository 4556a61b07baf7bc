package config

// LoadAuthCommand reads what `latchkey mail …` and `latchkey clients …` need of
// the auth service's configuration: its database. What is wrong with the rest does not matter
// there.
func LoadAuthCommand(environ []string) (Auth, error) {
	c, err := LoadAuth(environ)
	return c, only(err, []string{"DATABASE_URL", "AUTH_DATABASE_URL"})
}
