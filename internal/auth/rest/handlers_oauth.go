package rest

import (
	"context"
	"slices"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/httpapi"
)

func (h *handler) IssueToken(ctx context.Context, r authapi.IssueTokenRequestObject) (authapi.IssueTokenResponseObject, error) {
	grant, err := h.auth.ClientToken(ctx, credentialsOf(ctx), r.Body.GrantType, orElse(r.Body.Scope, ""), clientOf(ctx))
	if err != nil {
		return nil, err
	}
	return authapi.IssueToken200JSONResponse{Body: clientGrantOf(grant)}, nil
}

func (h *handler) IntrospectToken(ctx context.Context, r authapi.IntrospectTokenRequestObject) (authapi.IntrospectTokenResponseObject, error) {
	found, err := h.auth.Introspect(ctx, credentialsOf(ctx), r.Body.Token)
	if err != nil {
		return nil, err
	}
	return authapi.IntrospectToken200JSONResponse{Body: introspectionOf(found)}, nil
}

func (h *handler) RevokeToken(ctx context.Context, r authapi.RevokeTokenRequestObject) (authapi.RevokeTokenResponseObject, error) {
	if err := h.auth.RevokeToken(ctx, credentialsOf(ctx), r.Body.Token, clientOf(ctx)); err != nil {
		return nil, err
	}
	return authapi.RevokeToken200Response{}, nil
}

func (h *handler) GetOauthMetadata(context.Context, authapi.GetOauthMetadataRequestObject) (authapi.GetOauthMetadataResponseObject, error) {
	return authapi.GetOauthMetadata200JSONResponse{
		Body: h.metadata, Headers: authapi.GetOauthMetadata200ResponseHeaders{CacheControl: metadataCaching},
	}, nil
}

// metadataCaching is for what changes with the configuration alone.
const metadataCaching = "public, max-age=300"

func credentialsOf(ctx context.Context) auth.ClientCredentials {
	return auth.ClientCredentials(httpapi.Client(ctx))
}

// metadataOf is the description of an issuer (RFC 8414, section 2). That
// response_types_supported is there and empty is what its REQUIRED asks for:
// there is no authorization endpoint.
func metadataOf(issuer string) authapi.OAuthMetadata {
	bySecret := authapi.OAuthNames{"client_secret_basic", "client_secret_post"}
	return authapi.OAuthMetadata{
		Issuer:                            issuer,
		TokenEndpoint:                     issuer + "/oauth/token",
		TokenEndpointAuthMethodsSupported: bySecret,
		IntrospectionEndpoint:             issuer + "/oauth/introspect",
		IntrospectionEndpointAuthMethodsSupported: bySecret,
		RevocationEndpoint:                        issuer + "/oauth/revoke",
		RevocationEndpointAuthMethodsSupported:    append(slices.Clone(bySecret), "none"),
		JwksUri:                                   issuer + "/.well-known/jwks.json",
		ScopesSupported:                           auth.ClientScopes,
		ResponseTypesSupported:                    authapi.OAuthNames{},
		GrantTypesSupported:                       authapi.OAuthNames{auth.GrantClientCredentials},
	}
}
