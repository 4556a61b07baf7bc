package deploy_test

import (
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/config"
)

const base = "kubernetes/base"

// objects are those of a folder, by kind and name, without kustomize's own.
// `make lint` has kustomize build the folders, and Kubernetes's types read them.
func objects(t *testing.T, folder string) map[string]object {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(files), err)
	}
	all := map[string]object{}
	for _, file := range files {
		for _, o := range documents(t, file) {
			if kind := text(o, "kind"); kind != "Kustomization" && kind != "Component" {
				all[kind+"/"+text(o, "metadata", "name")] = o
			}
		}
	}
	return all
}

// ofKind are the objects of one kind, by name.
func ofKind(all map[string]object, kind string) map[string]object {
	found := map[string]object{}
	for name, o := range all {
		if short, is := strings.CutPrefix(name, kind+"/"); is {
			found[short] = o
		}
	}
	return found
}

// workloads are what makes pods: Deployments and the Job.
func workloads(all map[string]object) map[string]object {
	found := ofKind(all, "Deployment")
	for name, job := range ofKind(all, "Job") {
		found[name] = job
	}
	return found
}

// partOf is the label that the kustomization adds to everything.
var partOf = object{"app.kubernetes.io/part-of": "latchkey"}

// podLabels are a workload's, with the one that the kustomization adds.
func podLabels(workload object) object {
	labels := object{}
	own, _ := at(workload, "spec", "template", "metadata", "labels").(object)
	for _, from := range []object{own, partOf} {
		for name, value := range from {
			labels[name] = value
		}
	}
	return labels
}

// selects evaluates a label selector, as far as ours go.
func selects(selector any, labels object) bool {
	match, _ := at(selector, "matchLabels").(object)
	for name, value := range match {
		if labels[name] != value {
			return false
		}
	}
	for _, expression := range list(selector, "matchExpressions") {
		if text(expression, "operator") != "In" || !slices.Contains(list(expression, "values"), labels[text(expression, "key")]) {
			return false
		}
	}
	return true
}

func TestKustomizationsNameTheirFiles(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{base, "kubernetes/tls", "kubernetes/users-clients"} {
		kustomization := documents(t, filepath.Join(folder, "kustomization.yaml"))[0]
		named := []string{filepath.Join(folder, "kustomization.yaml")}
		for _, resource := range list(kustomization, "resources") {
			named = append(named, filepath.Join(folder, resource.(string)))
		}
		for _, patch := range list(kustomization, "patches") {
			named = append(named, filepath.Join(folder, text(patch, "path")))
		}
		there, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
		slices.Sort(named)
		if err != nil || !slices.Equal(named, there) {
			t.Errorf("%s names %q and has %q (%v)", folder, named, there, err)
		}
	}
	labels := documents(t, filepath.Join(base, "kustomization.yaml"))[0]
	if at(labels, "labels", 0, "includeTemplates") != true || text(labels, "labels", 0, "pairs", "app.kubernetes.io/part-of") != "latchkey" {
		t.Error("the kustomization does not label the pods")
	}
}

func TestContainersAreConfined(t *testing.T) {
	t.Parallel()
	for name, workload := range workloads(objects(t, base)) {
		pod := at(workload, "spec", "template", "spec")
		if at(pod, "automountServiceAccountToken") != false || at(pod, "hostNetwork") != nil || at(pod, "hostPID") != nil || at(pod, "volumes") != nil {
			t.Errorf("%s: the pod is not confined", name)
		}
		if at(pod, "securityContext", "runAsNonRoot") != true || at(pod, "securityContext", "runAsUser") != 65532 ||
			text(pod, "securityContext", "seccompProfile", "type") != "RuntimeDefault" {
			t.Errorf("%s: it runs as %v", name, at(pod, "securityContext"))
		}
		containers := append(list(pod, "containers"), list(pod, "initContainers")...)
		if len(containers) != 1 {
			t.Errorf("%s has %d containers", name, len(containers))
		}
		for _, c := range containers {
			own := at(c, "securityContext")
			if at(own, "allowPrivilegeEscalation") != false || at(own, "privileged") != false || at(own, "readOnlyRootFilesystem") != true ||
				text(own, "capabilities", "drop", 0) != "ALL" || at(own, "capabilities", "add") != nil {
				t.Errorf("%s: %v", name, own)
			}
			if text(c, "image") != "latchkey" || at(c, "env") != nil || text(c, "resources", "limits", "memory") == "" {
				t.Errorf("%s: image %q, env %v, resources %v", name, text(c, "image"), at(c, "env"), at(c, "resources"))
			}
		}
	}
}

// Ports are those that the image listens on, and probes ask what the listener
// for operators serves (TestImage asks it for the same).
func TestPortsAndProbes(t *testing.T) {
	t.Parallel()
	listens := map[string]string{}
	for _, entry := range dockerEnv(t) {
		name, value, _ := strings.Cut(entry, "=")
		_, listens[name], _ = net.SplitHostPort(value)
	}
	all := objects(t, base)
	for name, deployment := range ofKind(all, "Deployment") {
		upper := strings.ToUpper(strings.TrimPrefix(name, "latchkey-"))
		ports := map[string]string{"http": listens[upper+"_ADDR"], "ops": listens[upper+"_OPS_ADDR"]}
		container := at(deployment, "spec", "template", "spec", "containers", 0)
		for _, port := range list(container, "ports") {
			if want := ports[text(port, "name")]; want == "" || want != number(at(port, "containerPort")) {
				t.Errorf("%s: port %v, the image listens on %q", name, port, want)
			}
		}
		for probe, want := range map[string]string{"startupProbe": "/livez", "readinessProbe": "/readyz", "livenessProbe": "/livez"} {
			if path, port := text(container, probe, "httpGet", "path"), text(container, probe, "httpGet", "port"); path != want || port != "ops" {
				t.Errorf("%s: %s asks %q at %q", name, probe, path, port)
			}
		}
		service := all["Service/"+name]
		if number(at(service, "spec", "ports", 0, "port")) != ports["http"] || len(list(service, "spec", "ports")) != 1 {
			t.Errorf("%s: the service has %v", name, at(service, "spec", "ports"))
		}
		if grace := at(deployment, "spec", "template", "spec", "terminationGracePeriodSeconds"); grace != 30 {
			t.Errorf("%s: it gets %v s to stop, and takes 20 at most", name, grace)
		}
	}
}

func TestSelectorsMatch(t *testing.T) {
	t.Parallel()
	all := objects(t, base)
	for name, deployment := range ofKind(all, "Deployment") {
		labels := podLabels(deployment)
		service, _ := at(all["Service/"+name], "spec", "selector").(object)
		for what, selector := range map[string]any{
			"the deployment": at(deployment, "spec", "selector"), "the service": object{"matchLabels": service},
			"the disruption budget": at(all["PodDisruptionBudget/"+name], "spec", "selector"),
			"the spread":            at(deployment, "spec", "template", "spec", "topologySpreadConstraints", 0, "labelSelector"),
		} {
			if match, _ := at(selector, "matchLabels").(object); len(match) == 0 || !selects(selector, labels) {
				t.Errorf("%s: %s selects %v", name, what, selector)
			}
		}
		scaler := at(all["HorizontalPodAutoscaler/"+name], "spec")
		if text(scaler, "scaleTargetRef", "name") != name || at(scaler, "minReplicas") != 2 || at(deployment, "spec", "replicas") != nil {
			t.Errorf("%s: scaled by %v", name, scaler)
		}
	}
}

// secretsOf are what the comments at the head of the files ask for.
var secretsOf = map[string][]string{
	"latchkey-users":   {"USERS_DATABASE_URL", "SESSION_KEY", "REDIS_URL", "ADMIN_EMAIL", "ADMIN_PASSWORD"},
	"latchkey-auth":    {"AUTH_DATABASE_URL", "SESSION_KEY", "KEY_ENCRYPTION_KEY", "SMTP_URL", "REDIS_URL"},
	"latchkey-migrate": {"USERS_MIGRATE_DATABASE_URL", "AUTH_MIGRATE_DATABASE_URL"},
}

// The services take what the ConfigMap, as it is in the example, and such
// Secrets give them.
func TestKubernetesConfigures(t *testing.T) {
	t.Parallel()
	env := dockerEnv(t)
	for _, folder := range []string{base, "kubernetes/tls", "kubernetes/example"} { // as they are merged
		for _, literal := range list(documents(t, filepath.Join(folder, "kustomization.yaml"))[0], "configMapGenerator", 0, "literals") {
			env = append(env, literal.(string))
		}
	}
	drawn := secrets(t)
	values := map[string]string{
		"SESSION_KEY": drawn["AUTH_SESSION_KEY"], "KEY_ENCRYPTION_KEY": drawn["KEY_ENCRYPTION_KEY"], "ADMIN_PASSWORD": drawn["ADMIN_PASSWORD"],
		"ADMIN_EMAIL": drawn["ADMIN_EMAIL"], "SMTP_URL": "smtp://mail.example.com:587", "REDIS_URL": "redis://redis:6379/0",
	}
	for name, workload := range workloads(objects(t, base)) {
		own := slices.Clone(env)
		for _, from := range list(workload, "spec", "template", "spec", "containers", 0, "envFrom") {
			for _, variable := range secretsOf[text(from, "secretRef", "name")] {
				value := values[variable]
				if strings.HasSuffix(variable, "DATABASE_URL") {
					value = "postgres://role@postgres/latchkey"
				}
				own = append(own, variable+"="+value)
			}
		}
		wantKnown(t, name, own)
		var err error
		switch name {
		case "latchkey-users":
			_, err = config.LoadUsers(own)
		case "latchkey-auth":
			_, err = config.LoadAuth(own)
		case "latchkey-migrate":
			_, err = config.LoadMigrate(own, "all")
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
