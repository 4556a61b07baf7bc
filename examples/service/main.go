// Command service is an example of a back end that gets a token for itself and
// reads an account with it. It uses an OAuth library and nothing of latchkey:
//
//	export CLIENT_ID=billing
//	export CLIENT_SECRET=$(latchkey clients create billing --scope users:read --quiet)
//	go run ./examples/service -user ada
//
// LATCHKEY_URL and USERS_URL are where the two services are; by default where
// `latchkey up` puts them.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// timeout bounds each request, that for a token too.
const timeout = 10 * time.Second

func main() {
	user := flag.String("user", "", "the username or the id of the account to read")
	flag.Parse()
	if err := run(context.Background(), *user); err != nil {
		fmt.Fprintln(os.Stderr, "service:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, user string) error {
	if user == "" {
		return errors.New("say whom to read: -user ada")
	}
	client := newClient(ctx, clientcredentials.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		TokenURL:     orElse(os.Getenv("LATCHKEY_URL"), "http://127.0.0.1:8080") + "/oauth/token",
		Scopes:       []string{"users:read"}, // no more than it needs
		AuthStyle:    oauth2.AuthStyleInHeader,
	})
	account, err := readUser(ctx, client, orElse(os.Getenv("USERS_URL"), "http://127.0.0.1:8081"), user)
	if err != nil {
		return err
	}
	fmt.Printf("%s is %s <%s>, with the roles %v\n", account.ID, account.Username, account.Email, account.Roles)
	return nil
}

// newClient gives a client that shows a token with each request. It gets one
// when it needs it, keeps it, and gets the next before that expires; make one
// client and keep it as well.
func newClient(ctx context.Context, config clientcredentials.Config) *http.Client {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Timeout: timeout})
	client := config.Client(ctx)
	client.Timeout = timeout
	return client
}

// account is what this program wants to know of one; there is more.
type account struct {
	ID       string   `json:"id"`
	Username string   `json:"username"`
	Email    string   `json:"email"`
	Roles    []string `json:"roles"`
}

func readUser(ctx context.Context, client *http.Client, service, user string) (account, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, service+"/users/"+url.PathEscape(user), nil)
	if err != nil {
		return account{}, err
	}
	answer, err := client.Do(request)
	if err != nil { // no token, too: then it is an *oauth2.RetrieveError
		return account{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		var problem struct{ Code, Detail string }
		_ = json.NewDecoder(answer.Body).Decode(&problem) // what is not JSON has no code
		return account{}, fmt.Errorf("%s: %s %s", answer.Status, problem.Code, problem.Detail)
	}
	var found account
	return found, json.NewDecoder(answer.Body).Decode(&found)
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
