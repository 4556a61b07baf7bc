// Package rest converts pages of the audit for both services' rest packages,
// which answer them in the same words (api/shared.yaml).
package rest
