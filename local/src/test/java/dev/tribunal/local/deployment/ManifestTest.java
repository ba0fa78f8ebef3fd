package dev.tribunal.local.deployment;

import static dev.tribunal.local.deployment.DeploymentFiles.BASE;
import static dev.tribunal.local.deployment.DeploymentFiles.EXAMPLES;
import static dev.tribunal.local.deployment.DeploymentFiles.LOCAL;
import static dev.tribunal.local.deployment.DeploymentFiles.SCALED;
import static dev.tribunal.local.deployment.DeploymentFiles.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.databind.JsonNode;

/** The Kubernetes manifests, checked without a cluster. */
class ManifestTest {

    private static final String NAME = "app.kubernetes.io/name";

    private static final List<HasMetadata> IN_BASE = resources(BASE);
    private static final List<HasMetadata> ALL = Stream.of(
                    IN_BASE, resources(LOCAL), resources(SCALED), resources(EXAMPLES))
            .flatMap(List::stream)
            .toList();

    static Stream<Path> manifests() {
        return Stream.of(BASE, LOCAL, SCALED, EXAMPLES).flatMap(folder -> DeploymentFiles.manifests(folder).stream());
    }

    /** A misspelt field lands in the additional properties of the object that it was meant for. */
    @ParameterizedTest
    @MethodSource("manifests")
    void everyFieldIsOneThatKubernetesKnows(Path manifest) {
        List<HasMetadata> resources = DeploymentFiles.resources(manifest);

        assertThat(resources).isNotEmpty().allSatisfy(resource -> {
            List<String> unknown = new ArrayList<>();
            collectUnknown(resource.getKind() + " " + resource.getMetadata().getName(), resource, unknown);
            assertThat(unknown).isEmpty();
        });
    }

    @Test
    void everyManifestIsInItsKustomization() {
        for (Path folder : List.of(BASE, LOCAL, SCALED)) {
            JsonNode kustomization = DeploymentFiles.yaml(folder.resolve("kustomization.yaml"));
            List<String> named = new ArrayList<>();
            kustomization.path("resources").forEach(file -> named.add(file.asString()));
            kustomization
                    .path("patches")
                    .forEach(patch -> named.add(patch.path("path").asString("")));

            assertThat(named)
                    .containsAll(DeploymentFiles.manifests(folder).stream()
                            .map(file -> file.getFileName().toString())
                            .toList());
        }
    }

    @Test
    void everyContainerIsProbedBoundedAndWithoutPrivileges() {
        List<PodTemplateSpec> pods = pods().toList();

        assertThat(pods).hasSize(SERVICES.size() + 2).allSatisfy(pod -> {
            assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSpec().getSecurityContext().getRunAsUser()).isPositive();
            assertThat(pod.getSpec().getSecurityContext().getSeccompProfile().getType())
                    .isEqualTo("RuntimeDefault");
            assertThat(pod.getSpec().getAutomountServiceAccountToken())
                    .as("only the judge service asks the API server")
                    .isEqualTo(
                            "judge-service".equals(pod.getMetadata().getLabels().get(NAME)));
            assertThat(pod.getSpec().getContainers()).isNotEmpty().allSatisfy(ManifestTest::checkContainer);
        });
    }

    private static void checkContainer(Container container) {
        assertThat(container.getStartupProbe()).isNotNull();
        assertThat(container.getLivenessProbe()).isNotNull();
        assertThat(container.getReadinessProbe()).isNotNull();
        assertThat(container.getResources().getRequests()).containsOnlyKeys("cpu", "memory");
        assertThat(container.getResources().getLimits()).containsOnlyKeys("cpu", "memory");
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getImage()).contains(":").doesNotEndWith(":latest");
    }

    @Test
    void theJudgeServiceMayListAndWatchServicesAndNothingElse() {
        Role role = one(Role.class, "judge-discovery");
        RoleBinding binding = one(RoleBinding.class, "judge-discovery");

        assertThat(role.getRules()).singleElement().satisfies(rule -> {
            assertThat(rule.getApiGroups()).containsExactly("");
            assertThat(rule.getResources()).containsExactly("services");
            assertThat(rule.getVerbs()).containsExactlyInAnyOrder("list", "watch");
        });
        assertThat(binding.getRoleRef().getKind()).isEqualTo("Role");
        assertThat(binding.getRoleRef().getName()).isEqualTo("judge-discovery");
        assertThat(binding.getSubjects()).singleElement().satisfies(subject -> {
            assertThat(subject.getKind()).isEqualTo("ServiceAccount");
            assertThat(subject.getName())
                    .isEqualTo(one(ServiceAccount.class, "judge-service")
                            .getMetadata()
                            .getName());
        });
        assertThat(one(Deployment.class, "judge-service")
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getServiceAccountName())
                .isEqualTo("judge-service");
        assertThat(ALL).noneMatch(resource -> resource.getKind().startsWith("Cluster"));
    }

    @ParameterizedTest
    @MethodSource
    void aServicesProbesPortAndImageAreItsOwn(String service) {
        Container container = container(service);

        assertThat(container.getImage()).isEqualTo(ContainersTest.image(service));
        assertThat(container.getPorts()).singleElement().satisfies(port -> {
            assertThat(port.getName()).isEqualTo("http");
            assertThat(port.getContainerPort()).isEqualTo(DeploymentFiles.port(service));
        });
        assertThat(container.getStartupProbe().getHttpGet().getPath()).isEqualTo("/health/live");
        assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/health/live");
        assertThat(container.getReadinessProbe().getHttpGet().getPath()).isIn("/health/ready", "/health/door");
    }

    static List<String> aServicesProbesPortAndImageAreItsOwn() {
        return SERVICES;
    }

    @Test
    void everyDeploymentHasAServiceADisruptionBudgetAndANetworkPolicy() {
        assertThat(named(Deployment.class)).containsExactlyInAnyOrderElementsOf(SERVICES);
        for (Deployment deployment : of(Deployment.class)) {
            Map<String, String> labels =
                    deployment.getSpec().getTemplate().getMetadata().getLabels();
            String name = deployment.getMetadata().getName();
            assertThat(labels).containsEntry(NAME, name);
            assertThat(deployment.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
            assertThat(one(Service.class, name).getSpec().getSelector()).isEqualTo(labels);
            assertThat(one(Service.class, name).getSpec().getPorts().getFirst().getPort())
                    .isEqualTo(DeploymentFiles.port(name));
            assertThat(one(PodDisruptionBudget.class, name)
                            .getSpec()
                            .getSelector()
                            .getMatchLabels())
                    .isEqualTo(labels);
            assertThat(one(NetworkPolicy.class, name).getSpec().getPodSelector().getMatchLabels())
                    .isEqualTo(labels);
        }
    }

    @Test
    void whatWritesToAVolumeIsAloneAndNeverOverlapsItsSuccessor() {
        for (String service : List.of("trainer-service", "reward-service")) {
            Deployment deployment = one(Deployment.class, service);
            assertThat(deployment.getSpec().getReplicas()).isEqualTo(1);
            assertThat(deployment.getSpec().getStrategy().getType()).isEqualTo("Recreate");
        }
    }

    /** A node can be drained: no budget asks for as many pods as there are. */
    @Test
    void everyDisruptionBudgetLetsAPodGo() {
        for (Deployment deployment : of(Deployment.class)) {
            var budget = one(PodDisruptionBudget.class, deployment.getMetadata().getName())
                    .getSpec();
            if (budget.getMaxUnavailable() != null) {
                assertThat(budget.getMaxUnavailable().getIntVal()).isPositive();
            } else {
                assertThat(budget.getMinAvailable().getIntVal())
                        .isLessThan(deployment.getSpec().getReplicas());
            }
        }
    }

    /** Before a container is killed it waits, lets its runs or its preparation go, and finishes its requests. */
    @Test
    void everyServiceHasTheTimeThatItNeedsToLeave() {
        Duration requests = duration(
                DeploymentFiles.ROOT.resolve("service-kit/src/main/resources/tribunal-service.yml"),
                "/spring/lifecycle/timeout-per-shutdown-phase");
        Duration grace = duration(DeploymentFiles.settings("trainer-service"), "/tribunal/trainer/grace");
        for (String service : SERVICES) {
            List<String> preStop =
                    container(service).getLifecycle().getPreStop().getExec().getCommand();
            assertThat(preStop).hasSize(2).first().isEqualTo("sleep");
            Duration needed = Duration.ofSeconds(Long.parseLong(preStop.get(1))).plus(requests);
            needed = switch (service) {
                case "trainer-service" -> needed.plus(grace);
                case "reward-service" -> needed.plusSeconds(20); // Preparations
                default -> needed;
            };
            assertThat(one(Deployment.class, service)
                            .getSpec()
                            .getTemplate()
                            .getSpec()
                            .getTerminationGracePeriodSeconds())
                    .as(service)
                    .isGreaterThan(needed.toSeconds() + 10);
        }
    }

    private static Duration duration(Path settings, String pointer) {
        return DurationStyle.detectAndParse(
                DeploymentFiles.yaml(settings).at(pointer).asString());
    }

    /** Two trainers of one name would take each other's runs for those of a dead predecessor. */
    @Test
    void trainersOfWhichThereAreSeveralHaveNamesOfTheirOwnAndOneVolume() {
        String scaled = DeploymentFiles.text(SCALED.resolve("kustomization.yaml"));

        assertThat(scaled).contains("{name: TRIBUNAL_TRAINER_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}");
        assertThat(resources(SCALED))
                .filteredOn(PersistentVolumeClaim.class::isInstance)
                .singleElement()
                .satisfies(claim -> {
                    assertThat(claim.getMetadata().getName()).isEqualTo("trainer-data");
                    assertThat(((PersistentVolumeClaim) claim).getSpec().getAccessModes())
                            .containsExactly("ReadWriteMany");
                });
    }

    @Test
    void whatIsScaledByLoadIsThereAndWritesToNoVolumeOfItsOwn() {
        List<HorizontalPodAutoscaler> autoscalers = ALL.stream()
                .filter(HorizontalPodAutoscaler.class::isInstance)
                .map(HorizontalPodAutoscaler.class::cast)
                .toList();

        assertThat(autoscalers)
                .extracting(scaler -> scaler.getSpec().getScaleTargetRef().getName())
                .containsExactlyInAnyOrder("judge-service", "gateway", "trainer-service");
        assertThat(autoscalers).allSatisfy(scaler -> {
            assertThat(scaler.getSpec().getScaleTargetRef().getKind()).isEqualTo("Deployment");
            assertThat(scaler.getSpec().getMinReplicas())
                    .isLessThan(scaler.getSpec().getMaxReplicas());
        });
    }

    @Test
    void secretsAreNamedAndNeverWritten() {
        assertThat(ALL).noneMatch(Secret.class::isInstance);
        assertThat(ALL)
                .filteredOn(ConfigMap.class::isInstance)
                .allSatisfy(
                        map -> assertThat(((ConfigMap) map).getData().keySet()).noneMatch(ManifestTest::secret));
        List<EnvVar> variables = pods().flatMap(pod -> pod.getSpec().getContainers().stream())
                .flatMap(container -> container.getEnv().stream())
                .filter(variable -> secret(variable.getName()))
                .toList();
        assertThat(variables).hasSize(SERVICES.size() + 6).allSatisfy(variable -> {
            assertThat(variable.getValue()).isNull();
            assertThat(variable.getValueFrom().getSecretKeyRef().getName()).isIn("tribunal-http", "tribunal-postgres");
            // The comment says how to create it.
            assertThat(DeploymentFiles.text(BASE.resolve("kustomization.yaml")))
                    .containsPattern("create secret generic "
                            + variable.getValueFrom().getSecretKeyRef().getName()
                            + "[^#]*(#    )?[^#]* --from-literal="
                            + variable.getValueFrom().getSecretKeyRef().getKey() + "=");
        });
    }

    private static boolean secret(String variable) {
        return variable.endsWith("_TOKEN") || variable.endsWith("_PASSWORD");
    }

    @Test
    void whatAPodRefersToIsThere() {
        for (Deployment deployment : of(Deployment.class)) {
            var pod = deployment.getSpec().getTemplate().getSpec();
            Container container = pod.getContainers().getFirst();
            assertThat(named(ConfigMap.class))
                    .containsAll(container.getEnvFrom().stream()
                            .map(source -> source.getConfigMapRef().getName())
                            .toList());
            assertThat(pod.getVolumes().stream().map(Volume::getName))
                    .containsExactlyInAnyOrderElementsOf(container.getVolumeMounts().stream()
                            .map(VolumeMount::getName)
                            .toList());
            assertThat(named(PersistentVolumeClaim.class))
                    .containsAll(pod.getVolumes().stream()
                            .filter(volume -> volume.getPersistentVolumeClaim() != null)
                            .map(volume -> volume.getPersistentVolumeClaim().getClaimName())
                            .toList());
        }
    }

    @Test
    void everySettingIsOneThatItsServiceHas() {
        ALL.forEach(resource -> {
            if (resource instanceof ConfigMap map
                    && SERVICES.contains(map.getMetadata().getName())) {
                Settings.requireKnown(map.getMetadata().getName(), map.getData().keySet());
            }
        });
    }

    private static Container container(String service) {
        return one(Deployment.class, service)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst();
    }

    private static List<HasMetadata> resources(Path folder) {
        return DeploymentFiles.manifests(folder).stream()
                .flatMap(file -> DeploymentFiles.resources(file).stream())
                .toList();
    }

    private static Stream<PodTemplateSpec> pods() {
        return ALL.stream().flatMap(resource -> switch (resource) {
            case Deployment deployment -> Stream.of(deployment.getSpec().getTemplate());
            case StatefulSet set -> Stream.of(set.getSpec().getTemplate());
            default -> Stream.empty();
        });
    }

    private static <T extends HasMetadata> List<T> of(Class<T> type) {
        return IN_BASE.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static Set<String> named(Class<? extends HasMetadata> type) {
        return Set.copyOf(of(type).stream()
                .map(resource -> resource.getMetadata().getName())
                .toList());
    }

    private static <T extends HasMetadata> T one(Class<T> type, String name) {
        return of(type).stream()
                .filter(resource -> resource.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " " + name));
    }

    /** Walks the getters of the model's classes. */
    private static void collectUnknown(String path, Object value, List<String> unknown) {
        switch (value) {
            case List<?> list -> list.forEach(element -> collectUnknown(path + "[]", element, unknown));
            case Map<?, ?> map -> map.forEach((key, element) -> collectUnknown(path + "." + key, element, unknown));
            case Object model
            when model.getClass().getName().startsWith("io.fabric8.kubernetes.api.model") -> {
                for (Method getter : model.getClass().getMethods()) {
                    if (getter.getName().startsWith("get")
                            && getter.getParameterCount() == 0
                            && getter.getDeclaringClass() != Object.class) {
                        Object property = call(getter, model);
                        if (getter.getName().equals("getAdditionalProperties")) {
                            ((Map<?, ?>) property).keySet().forEach(key -> unknown.add(path + "." + key));
                        } else if (property != null) {
                            collectUnknown(path + "." + getter.getName().substring(3), property, unknown);
                        }
                    }
                }
            }
            default -> {} // a text, a number
        }
    }

    private static Object call(Method getter, Object model) {
        try {
            return getter.invoke(model);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError(getter + " of " + model, e);
        }
    }
}
