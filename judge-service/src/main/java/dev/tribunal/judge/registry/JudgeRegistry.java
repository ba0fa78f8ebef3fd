package dev.tribunal.judge.registry;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.registry.JudgeLogEntry;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Llm;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Drift;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Health;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.builtin.BuiltInJudges;
import dev.tribunal.judge.builtin.BuiltInJudges.BuiltIn;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.fanout.JudgeDirectory;
import dev.tribunal.judge.fanout.JudgeLimits;
import dev.tribunal.judge.llm.RegisteredLlmJudges;
import dev.tribunal.judge.registration.Registration;
import dev.tribunal.judge.registration.RegistrationCheck;
import dev.tribunal.judge.registration.RegistryError;
import dev.tribunal.judge.registration.RegistryProperties;
import dev.tribunal.judge.registry.JudgeStore.Registered;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.servicekit.outbound.AddressGuard;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** All judges: those that ship, and those that were registered, with their clients. */
@Component
class JudgeRegistry implements JudgeDirectory {

    private static final Comparator<JudgeResource> BY_NAME_AND_VERSION =
            Comparator.comparing(JudgeResource::name).thenComparing(JudgeResource::version);
    private static final Health NEVER_ASKED = new Health("closed", 0, 0, null, null);

    private final BuiltInJudges builtIn;
    private final JudgeStore store;
    private final KnownJudges known;
    private final JudgeProbes probes;
    private final JudgeWatch watch;
    private final Canaries canaries;
    private final RunReferences references;
    private final RegisteredLlmJudges questions;
    private final RegistrationCheck check;
    private final JudgeClients clients;
    private final JsonMapper json;

    JudgeRegistry(
            BuiltInJudges builtIn,
            JudgeStore store,
            KnownJudges known,
            JudgeProbes probes,
            JudgeWatch watch,
            Canaries canaries,
            RunReferences references,
            RegisteredLlmJudges questions,
            AddressGuard guard,
            RegistryProperties properties,
            JudgeClients clients,
            JsonMapper json) {
        this.builtIn = builtIn;
        this.store = store;
        this.known = known;
        this.probes = probes;
        this.watch = watch;
        this.canaries = canaries;
        this.references = references;
        this.questions = questions;
        this.check = new RegistrationCheck(guard, properties, questions::mistakes);
        this.clients = clients;
        this.json = json;
    }

    @Override
    public Found find(String name, String version) {
        Optional<BuiltIn> shipped = builtIn.find(name, version);
        if (shipped.isPresent()) {
            return shipped.get().found();
        }
        Optional<JudgeEntity> row =
                known.find(name, version).filter(judge -> Caller.current().sees(judge.namespace()));
        if (row.isEmpty()) {
            return new Found.Unknown(unknown(name, version));
        }
        JudgeEntity judge = row.get();
        String state = Words.of(judge.state());
        return switch (judge.state()) {
            case ACTIVE, DRAINING -> clients.to(judge);
            case DRIFTED ->
                new Found.NotActive(judge.version(), "judge_drifted", Canaries.sentence(judge, drift(judge)));
            case PROBING, REJECTED, RETIRED ->
                new Found.NotActive(judge.version(), "judge_" + state, name + "@" + judge.version() + " is " + state);
        };
    }

    /** @param created whether it was not there already */
    record Outcome(JudgeResource judge, boolean created) {}

    /**
     * @param source who registers it, if it was not registered over HTTP
     * @throws TribunalException 422 with all mistakes, or 409 if another registration has the name and version
     */
    Outcome register(Input<JudgeRegistration> input, @Nullable String source) {
        List<FieldError> mistakes = check.mistakes(input);
        if (!mistakes.isEmpty()) {
            throw TribunalException.ofMistakes("The registration", mistakes);
        }
        JudgeRegistration given = input.required();
        if (builtIn.has(given.name())) {
            throw new TribunalException(
                    RegistryError.JUDGE_VERSION_EXISTS,
                    "'" + given.name() + "' is a judge that ships with the service; choose another name.");
        }
        Registered registered = store.register(
                Registration.of(given, given.llm() == null ? null : questions.resolved(given.llm())), source);
        if (registered.isNew()) {
            probes.start(registered.judge());
        }
        return new Outcome(resource(registered.judge()), registered.isNew());
    }

    /** A page in the order of name and version, one row more than the limit if there are more. */
    List<JudgeResource> list(@Nullable String afterName, @Nullable String afterVersion, int limit) {
        List<JudgeResource> page = new ArrayList<>();
        for (BuiltIn judge : builtIn.all()) {
            page.add(judge.resource());
        }
        store.after(orEmpty(afterName), orEmpty(afterVersion), limit + 1).stream()
                .map(this::resource)
                .forEach(page::add);
        return page.stream()
                .filter(judge -> afterName == null
                        || judge.name().compareTo(afterName) > 0
                        || (judge.name().equals(afterName) && judge.version().compareTo(orEmpty(afterVersion)) > 0))
                .sorted(BY_NAME_AND_VERSION)
                .limit(limit + 1L)
                .toList();
    }

    /** @throws TribunalException 404 */
    JudgeResource get(String name, String version) {
        return builtIn.find(name, version)
                .map(BuiltIn::resource)
                .orElseGet(
                        () -> store.find(name, version).map(this::resource).orElseThrow(() -> notFound(name, version)));
    }

    /**
     * What happened to a judge, oldest first; to those who may not change it, nothing of whose requests and answers.
     *
     * @throws TribunalException 404
     */
    List<JudgeLogEntry> log(String name, String version) {
        JudgeResource judge = get(name, version);
        List<JudgeLogEntry> entries = new ArrayList<>();
        entries.add(entry(judge.createdAt(), "registered", judge.name() + "@" + judge.version() + " is registered"));
        if (judge.probedAt() != null) {
            entries.add(entry(judge.probedAt(), "gate", gate(judge)));
        }
        if (judge.contact() != null) {
            entries.add(entry(
                    judge.contact().at(),
                    "contact",
                    (judge.contact().reachable() ? "it tells its descriptor" : "it cannot be reached")
                            + (judge.contact().detail() == null
                                    ? ""
                                    : ": " + judge.contact().detail())));
        }
        Optional<BuiltIn> shipped = builtIn.find(judge.name(), judge.version());
        if (shipped.isPresent()) {
            entries.addAll(shipped.get().client().log());
        } else {
            JudgeClient client = clients.openTo(requiredRow(judge.name(), judge.version()));
            entries.addAll(client == null ? List.of() : client.log());
        }
        entries.sort(Comparator.comparing(JudgeLogEntry::time));
        return Caller.current().changes(judge.namespace())
                ? entries
                : entries.stream().map(JudgeRegistry::ofNobody).toList();
    }

    /** Without what tells of the calls of others: a request's id has the run's, and a detail may quote an answer. */
    private static JudgeLogEntry ofNobody(JudgeLogEntry entry) {
        return new JudgeLogEntry(
                entry.time(),
                entry.event(),
                entry.code() == null ? entry.message() : entry.items() + " items are undecided: " + entry.code(),
                entry.code(),
                entry.calls(),
                entry.items(),
                null,
                entry.latencyMs());
    }

    private static String gate(JudgeResource judge) {
        List<String> failed = judge.report().stream()
                .filter(each -> !each.passed())
                .map(each -> each.name() + (each.detail() == null ? "" : ": " + each.detail()))
                .toList();
        return failed.isEmpty()
                ? "passed all " + judge.report().size() + " checks"
                : "failed " + String.join("; ", failed);
    }

    private static JudgeLogEntry entry(Instant time, String event, String message) {
        return new JudgeLogEntry(time, event, message, null, null, null, null, null);
    }

    /** Puts a judge to the gate again, in the background; if it may judge, it goes on doing so meanwhile. */
    JudgeResource probe(String name, String version) {
        JudgeEntity judge = change(name, version, row -> {
            switch (row.state()) {
                case REJECTED -> row.moveTo(State.PROBING);
                case PROBING, ACTIVE, DRAINING, DRIFTED -> {}
                case RETIRED -> throw cannot(row, "be probed; register another version");
            }
        });
        probes.start(judge);
        return resource(judge);
    }

    /** Runs that pinned it go on asking it; no new run takes it. */
    JudgeResource drain(String name, String version) {
        return resource(change(name, version, row -> {
            switch (row.state()) {
                case ACTIVE, DRAINING -> {
                    row.moveTo(State.DRAINING);
                    row.withdraw(false); // a judge that was drained by hand stays drained
                    probes.disregard(row);
                }
                case DRIFTED -> row.returnsTo(State.DRAINING);
                case PROBING, REJECTED, RETIRED -> throw cannot(row, "be drained; only an active judge has to be");
            }
        }));
    }

    /** It is asked no more. */
    JudgeResource retire(String name, String version) {
        return resource(change(name, version, row -> row.moveTo(State.RETIRED)));
    }

    /** @throws TribunalException 409 naming the runs that have not ended and refer to it */
    void delete(String name, String version) {
        JudgeEntity judge = requiredRow(name, version);
        references.requireNone(judge.name() + "@" + judge.version());
        change(judge.name(), judge.version(), JudgeEntity::delete);
        clients.forget(judge);
        watch.forget(judge);
        canaries.forget(judge);
    }

    private JudgeEntity change(String name, String version, Consumer<JudgeEntity> change) {
        JudgeEntity judge = requiredRow(name, version);
        return store.change(judge.name(), judge.version(), change).orElseThrow(() -> notFound(name, version));
    }

    private static TribunalException cannot(JudgeEntity judge, String what) {
        return new TribunalException(
                RegistryError.JUDGE_STATE_CONFLICT,
                judge.name() + "@" + judge.version() + " is " + Words.of(judge.state()) + " and cannot " + what + ".");
    }

    private JudgeEntity requiredRow(String name, String version) {
        if (builtIn.find(name, version).isPresent()) {
            throw new TribunalException(
                    RegistryError.JUDGE_STATE_CONFLICT, name + "@" + version + " ships with the service and stays.");
        }
        return store.find(name, version).orElseThrow(() -> notFound(name, version));
    }

    /** The namespace of a judge, whoever asks; empty if there is none. */
    Optional<String> namespace(String name, String version) {
        return builtIn.find(name, version).isPresent()
                ? Optional.of(Caller.SHARED_NAMESPACE)
                : store.find(name, version).map(JudgeEntity::namespace);
    }

    TribunalException notFound(String name, String version) {
        return new TribunalException(RegistryError.JUDGE_NOT_FOUND, unknown(name, version));
    }

    private String unknown(String name, String version) {
        String missing = builtIn.whyMissing(name);
        return "There is no judge '" + name + "@" + version + "': "
                + (missing != null ? missing : "GET /v1/judges lists the judges that there are");
    }

    private JudgeResource resource(JudgeEntity judge) {
        Registration registration = Registration.fromJson(judge.registration());
        Llm llm = registration.llm();
        JudgeLimits limits = llm == null ? registration.limits() : questions.limits(registration.limits(), llm);
        JudgeDescriptor descriptor =
                llm == null ? descriptor(judge) : questions.descriptor(judge.name(), judge.version(), llm);
        JudgeClient client = clients.openTo(judge);
        return new JudgeResource(
                judge.name(),
                judge.version(),
                JudgeClients.kind(registration),
                judge.state(),
                judge.digest(),
                descriptor == null ? null : descriptor.description(),
                llm == null ? registration.url() : llm.model().url(),
                judge.source(),
                registration.deterministic(),
                Math.toIntExact(limits.timeout().toMillis()),
                limits.maxBatchItems(),
                limits.maxInFlight(),
                List.of(json.readValue(judge.report(), Check[].class)),
                judge.probedAt(),
                client == null ? NEVER_ASKED : client.health(),
                watch.contact(judge),
                judge.createdAt(),
                descriptor == null ? null : descriptor.requires(),
                registration.adapter() != null || descriptor != null && Boolean.TRUE.equals(descriptor.checksItems()),
                llm,
                canaries.last(judge),
                drift(judge),
                judge.namespace());
    }

    /** What a service said of itself when it passed the gate; null if it has not. */
    private @Nullable JudgeDescriptor descriptor(JudgeEntity judge) {
        String descriptor = judge.descriptor();
        return descriptor == null ? null : json.readValue(descriptor, JudgeDescriptor.class);
    }

    private @Nullable Drift drift(JudgeEntity judge) {
        String drift = judge.drift();
        return drift == null ? null : json.readValue(drift, Drift.class);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
