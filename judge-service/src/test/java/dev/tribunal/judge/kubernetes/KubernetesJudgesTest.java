package dev.tribunal.judge.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.fanout.ScriptedJudge;
import dev.tribunal.judge.registry.NoSwearing;
import dev.tribunal.judge.registry.RegistryContext;
import dev.tribunal.judge.registry.SelfRegistration;
import dev.tribunal.servicekit.error.UpstreamException;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/** Services of a mock API server become judges of the real registry; the judges are real sockets. */
@EnableKubernetesMockClient(crud = true)
class KubernetesJudgesTest extends RegistryContext {

    /** The extension sets it. */
    @SuppressWarnings("NullAway.Init")
    private KubernetesClient client;

    @Autowired
    private SelfRegistration registration;

    @Autowired
    private JsonMapper json;

    @Autowired
    private ApplicationContext context;

    /** Every test has its own API server, and all have one registry. */
    private final String namespace = "judges-" + UUID.randomUUID().toString().substring(0, 8);

    private final String name = name();
    private final ScriptedJudge judge = new ScriptedJudge(NoSwearing.script(name, "1"));

    @SuppressWarnings("NullAway.Init")
    private KubernetesJudges watching;

    @BeforeEach
    void watch() {
        watching = watching();
        watching.start();
    }

    @AfterEach
    void stop() {
        watching.stop();
        judge.close();
    }

    private KubernetesJudges watching() {
        return new KubernetesJudges(
                client,
                new KubernetesProperties(true, List.of(namespace), Duration.ofMillis(200)),
                reader(),
                registration);
    }

    private AnnotatedService reader() {
        return new AnnotatedService(json, service -> judge.url());
    }

    @Test
    void aLabelledServiceRegistersItselfThroughTheGate() {
        apply(service("1"));

        JudgeResource active = awaitState("1", State.ACTIVE);

        assertThat(active.source()).isEqualTo("kubernetes:" + namespace + "/" + name);
        assertThat(active.report()).isNotEmpty().allMatch(JudgeResource.Check::passed);
        assertThat(active.timeoutMs()).isEqualTo(4321);
        assertThat(active.url()).isEqualTo(judge.url());
    }

    @Test
    void anotherVersionIsRegisteredAndTheOneBeforeDrained() {
        apply(service("1"));
        awaitState("1", State.ACTIVE);

        judge.now(NoSwearing.script(name, "2"));
        apply(service("2"));

        awaitState("2", State.ACTIVE);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> judges.get(name, "1").state(), state -> state != State.ACTIVE);
        assertThat(judges.get(name, "latest").version()).isEqualTo("2");
    }

    @Test
    void aServiceThatGoesIsDrainedAndOneThatComesBackIsActiveAgain() {
        apply(service("1"));
        awaitState("1", State.ACTIVE);

        client.services().inNamespace(namespace).withName(name).delete();
        awaitState("1", State.DRAINING);

        apply(service("1"));
        awaitState("1", State.ACTIVE);

        Service unlabelled = service("1");
        unlabelled.getMetadata().setLabels(Map.of());
        apply(unlabelled);
        awaitState("1", State.DRAINING);
    }

    @Test
    void aServiceThatWentWhileNobodyWatchedIsDrained() {
        apply(service("1"));
        awaitState("1", State.ACTIVE);
        watching.stop();
        client.services().inNamespace(namespace).withName(name).delete();
        assertThat(judges.get(name, "1").state()).isEqualTo(State.ACTIVE);

        watching = watching();
        watching.start();

        awaitState("1", State.DRAINING);
    }

    @Test
    void whatAPersonDrainedStaysDrained() {
        apply(service("1"));
        awaitState("1", State.ACTIVE);

        judges.drain(name, "1");
        apply(service("other", "1"));
        awaitRefused("other");
        assertThat(judges.get(name, "1").state()).isEqualTo(State.DRAINING);

        // Not even a Service that goes and comes back undoes it.
        client.services().inNamespace(namespace).withName(name).delete();
        apply(service("another", "1"));
        awaitRefused("another");
        apply(service("1"));
        apply(service("third", "1"));
        awaitRefused("third");
        assertThat(judges.get(name, "1").state()).isEqualTo(State.DRAINING);
    }

    @Test
    void whatAPersonDeletedComesBackOnlyByAPerson() {
        apply(service("1"));
        awaitState("1", State.ACTIVE);

        judges.delete(name, "1");
        apply(service("other", "1"));
        awaitRefused("other");
        assertThat(judges.list(null, 500).data())
                .extracting(JudgeResource::name)
                .doesNotContain(name);

        judges.register(reader().registration(service("1")).required());
        assertThat(awaitState("1", State.ACTIVE).source()).isNull();
    }

    /** Its mistakes keep nobody else from being registered, and what it was before stays. */
    @Test
    void aServiceWithMistakesChangesNothing() {
        apply(service("1"));
        awaitState("1", State.ACTIVE);

        Service broken = service("1");
        broken.getMetadata().getAnnotations().remove("tribunal.dev/version");
        apply(broken);
        apply(service("other", "1"));
        awaitRefused("other");

        assertThat(judges.get(name, "1").state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void aServiceWithoutTheLabelIsNoJudge() {
        Service other = service("1");
        other.getMetadata().setLabels(Map.of("tribunal.dev/judge", "false"));
        apply(other);
        apply(service("other", "1"));
        awaitRefused("other");

        assertThat(judges.list(null, 500).data())
                .extracting(JudgeResource::name)
                .doesNotContain(name);
    }

    @Test
    void whereItIsOffNothingOfItIsThere() {
        assertThat(context.getBeansOfType(KubernetesClient.class)).isEmpty();
        assertThat(context.getBeansOfType(KubernetesJudges.class)).isEmpty();
    }

    @Test
    void anApiServerThatDoesNotAnswerKeepsNobodyFromStarting() {
        new ApplicationContextRunner()
                .withSystemProperties("kubernetes.master=http://127.0.0.1:1", "kubernetes.namespace=nowhere")
                .withPropertyValues("tribunal.judge.kubernetes.enabled=true")
                .withBean(SelfRegistration.class, () -> registration)
                .withBean(JsonMapper.class, () -> json)
                .withUserConfiguration(KubernetesConfiguration.class)
                .run(started -> {
                    assertThat(started).hasNotFailed();
                    assertThat(started.getBean(KubernetesJudges.class).isRunning())
                            .isTrue();
                });
    }

    /** The judge calls itself otherwise than this Service does: by then, whatever came before has been seen. */
    private void awaitRefused(String service) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreException(UpstreamException.class)
                .until(() -> judges.get(service + "-" + namespace, "1").state() == State.REJECTED);
    }

    private JudgeResource awaitState(String version, State state) {
        return await().atMost(Duration.ofSeconds(60))
                .ignoreException(UpstreamException.class)
                .until(() -> judges.get(name, version), found -> found.state() == state);
    }

    private void apply(Service service) {
        client.resource(service).createOr(existing -> existing.update());
    }

    private Service service(String version) {
        return service(name, name, version);
    }

    private Service service(String service, String version) {
        return service(service, service + "-" + namespace, version);
    }

    private Service service(String service, String judgeName, String version) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(service)
                .addToLabels("tribunal.dev/judge", "true")
                .addToAnnotations("tribunal.dev/name", judgeName)
                .addToAnnotations("tribunal.dev/version", version)
                .addToAnnotations("tribunal.dev/contract", "judge/v1")
                .addToAnnotations(
                        "tribunal.dev/registration",
                        json.writeValueAsString(Map.of("timeoutMs", 4321, "fixtures", NoSwearing.fixtures())))
                .endMetadata()
                .withNewSpec()
                .addNewPort()
                .withName("http")
                .withPort(8080)
                .endPort()
                .endSpec()
                .build();
    }
}
