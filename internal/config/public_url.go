package config

// LoadPublicURL reads where the auth service is reached, which is the issuer of
// its tokens. What is wrong with the rest does not matter there.
func LoadPublicURL(environ []string) (string, error) {
	c, err := LoadAuth(environ)
	return c.PublicURL, only(err, []string{"PUBLIC_URL"})
}
