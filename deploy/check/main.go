//go:build ignore

// Command main reads the deployments as the programs do that they are for, and
// offline: kustomize builds the folders of Kubernetes that are given, whose
// objects are decoded into Kubernetes's own types, where no member may be
// unknown; and the compose file goes through compose's own loader.
//
//	go run -modfile=deploy.mod deploy/check/main.go deploy/compose.yaml deploy/kubernetes/base …
package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// kinds are the types that we use, by apiVersion and kind.
var kinds = map[string]reflect.Type{
	"apps/v1 Deployment":                     reflect.TypeFor[appsv1.Deployment](),
	"autoscaling/v2 HorizontalPodAutoscaler": reflect.TypeFor[autoscalingv2.HorizontalPodAutoscaler](),
	"batch/v1 Job":                           reflect.TypeFor[batchv1.Job](),
	"networking.k8s.io/v1 NetworkPolicy":     reflect.TypeFor[networkingv1.NetworkPolicy](),
	"policy/v1 PodDisruptionBudget":          reflect.TypeFor[policyv1.PodDisruptionBudget](),
	"v1 ConfigMap":                           reflect.TypeFor[corev1.ConfigMap](),
	"v1 Service":                             reflect.TypeFor[corev1.Service](),
}

func main() {
	failed := false
	for _, what := range os.Args[1:] {
		check := checkKubernetes
		if strings.HasSuffix(what, ".yaml") {
			check = checkCompose
		}
		n, err := check(what)
		if err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
			continue
		}
		fmt.Printf("%s: %d objects\n", what, n)
	}
	if failed || len(os.Args) == 1 {
		os.Exit(1)
	}
}

func checkKubernetes(folder string) (int, error) {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return 0, err
	}
	for _, resource := range built.Resources() {
		text, err := resource.AsYAML()
		if err != nil {
			return 0, err
		}
		gvk := resource.GetGvk()
		name := strings.TrimPrefix(gvk.Group+"/", "/") + gvk.Version + " " + gvk.Kind
		kind, known := kinds[name]
		if !known {
			return 0, fmt.Errorf("%s %s: deploy/check knows no such kind", name, resource.GetName())
		}
		if err := yaml.UnmarshalStrict(text, reflect.New(kind).Interface()); err != nil {
			return 0, fmt.Errorf("%s %s: %w", name, resource.GetName(), err)
		}
	}
	return built.Size(), nil
}

// checkCompose has every variable set, as deploy/secrets.sh does.
func checkCompose(file string) (int, error) {
	text, err := os.ReadFile(strings.TrimSuffix(file, "compose.yaml") + ".env.example")
	if err != nil {
		return 0, err
	}
	var env []string
	for line := range strings.Lines(string(text)) {
		if name, _, found := strings.Cut(strings.TrimSpace(line), "="); found && !strings.HasPrefix(name, "#") {
			env = append(env, name+"=x")
		}
	}
	options, err := cli.NewProjectOptions([]string{file}, cli.WithEnv(env), cli.WithInterpolation(true))
	if err != nil {
		return 0, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return 0, err
	}
	return len(project.Services), nil
}
