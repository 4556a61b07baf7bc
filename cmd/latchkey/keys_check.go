package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/latchkey-id/latchkey/internal/publickeys"
)

type keysCheckCommand struct {
	Dir     string `required:"" help:"The folder that keys export wrote."`
	URL     string `help:"Where the keys are served: the auth service's address, or that of a key set, which ends in .json (default: PUBLIC_URL)."`
	Offline bool   `help:"Only see whether the folder is right in itself."`
	JSON    bool   `help:"Say it as one JSON object."`

	differ bool // what main turns into exitPartly
}

// Help is for --help.
func (*keysCheckCommand) Help() string {
	return "For a build: it fails when the keys that a repository has committed are not those that the auth service serves, " +
		"such as after a rotation that was not exported, or when somebody else serves. It also holds each KID.pem against " +
		"its own name and jwks.json, and finds private keys; with --offline it does that alone.\n\n" +
		"Exit codes: 0 they are the same; 3 they differ, and how is printed; 1 it could not be told, because the folder or " +
		"the service could not be read; 80 wrong usage."
}

// Validate refuses what makes no sense together.
func (c *keysCheckCommand) Validate() error {
	if c.Offline && c.URL != "" {
		return errors.New("--offline asks no --url")
	}
	return nil
}

// Run compares. What is wrong with the folder and how it differs from what is
// served is told in one go.
func (c *keysCheckCommand) Run(ctx context.Context) error {
	keys, problems, err := publickeys.Read(c.Dir)
	if err != nil {
		return err
	}
	if !c.Offline {
		if c.URL, err = keySetURL(c.URL); err != nil {
			return err
		}
		served, err := servedKeys(ctx, c.URL)
		if err != nil {
			return uninterrupted(ctx, err)
		}
		problems = append(problems, publickeys.Compare(keys, served)...)
	}
	c.differ = len(problems) > 0
	return c.tell(len(keys), problems)
}

func (c *keysCheckCommand) tell(keys int, problems []publickeys.Problem) error {
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(struct {
			Same     bool                 `json:"same"`
			Dir      string               `json:"dir"`
			URL      string               `json:"url,omitempty"`
			Keys     int                  `json:"keys"`
			Problems []publickeys.Problem `json:"problems"`
		}{!c.differ, c.Dir, c.URL, keys, append([]publickeys.Problem{}, problems...)})
	}
	for _, p := range problems {
		fmt.Printf("%s: %s\n", p.Kind, p.Text)
	}
	with := map[bool]string{false: "what " + c.URL + " serves", true: "what its files should be"}[c.Offline]
	if c.differ {
		fmt.Printf("%s differs from %s\n", c.Dir, with)
	} else {
		fmt.Printf("%s: %d keys, the same as %s\n", c.Dir, keys, with)
	}
	return nil
}
