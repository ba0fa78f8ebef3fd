package dev.tribunal.judge.registry;

import dev.tribunal.contracts.http.CommonError;
import dev.tribunal.contracts.http.FieldError;
import dev.tribunal.contracts.http.TribunalException;
import dev.tribunal.contracts.judge.v1.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.JudgeResource;
import dev.tribunal.contracts.judge.v1.JudgeResource.Check;
import dev.tribunal.contracts.judge.v1.JudgeResource.Health;
import dev.tribunal.contracts.judge.v1.JudgeResource.Kind;
import dev.tribunal.contracts.judge.v1.JudgeResource.State;
import dev.tribunal.judge.fanout.AddressGuard;
import dev.tribunal.judge.fanout.HttpCall;
import dev.tribunal.judge.fanout.JudgeDirectory;
import dev.tribunal.judge.fanout.JudgeHttp;
import dev.tribunal.judge.fanout.JudgeLine;
import dev.tribunal.judge.registry.BuiltInJudges.BuiltIn;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** All judges: those that ship, and those that were registered, with the lines to them. */
@Component
class JudgeRegistry implements JudgeDirectory {

    private static final Logger log = LoggerFactory.getLogger(JudgeRegistry.class);
    private static final Comparator<JudgeResource> BY_NAME_AND_VERSION =
            Comparator.comparing(JudgeResource::name).thenComparing(JudgeResource::version);
    private static final Health NEVER_ASKED = new Health("closed", 0, 0, null, null);

    private final BuiltInJudges builtIn;
    private final RegisteredJudges registered;
    private final ConformanceGate gate;
    private final AddressGuard guard;
    private final JudgeHttp http;
    private final RegistryProperties properties;
    private final JudgeLine.Surroundings surroundings;
    private final JsonMapper json;

    /** By digest: a line, and what its breaker knows, lives as long as the service. */
    private final Map<String, JudgeLine> lines = new ConcurrentHashMap<>();

    JudgeRegistry(
            BuiltInJudges builtIn,
            RegisteredJudges registered,
            ConformanceGate gate,
            AddressGuard guard,
            JudgeHttp http,
            RegistryProperties properties,
            JudgeLine.Surroundings surroundings,
            JsonMapper json) {
        this.builtIn = builtIn;
        this.registered = registered;
        this.gate = gate;
        this.guard = guard;
        this.http = http;
        this.properties = properties;
        this.surroundings = surroundings;
        this.json = json;
    }

    @Override
    public Found find(String name, String version) {
        Optional<BuiltIn> shipped = builtIn.find(name, version);
        if (shipped.isPresent()) {
            return new Found.Ready(shipped.get().line());
        }
        Optional<RegisteredJudge> row = row(name, version);
        if (row.isEmpty()) {
            return new Found.Unknown(unknown(name, version));
        }
        RegisteredJudge judge = row.get();
        String state = judge.state().name().toLowerCase(Locale.ROOT);
        return switch (judge.state()) {
            case ACTIVE, DRAINING -> new Found.Ready(line(judge));
            case PROBING, REJECTED, RETIRED ->
                new Found.NotActive(judge.version(), "judge_" + state, name + "@" + judge.version() + " is " + state);
        };
    }

    /** @throws TribunalException 422 with all mistakes, or 409 if there is such a version */
    JudgeResource register(JudgeRegistration given) {
        List<FieldError> errors = RegistrationCheck.errors(given, guard, properties);
        if (!errors.isEmpty()) {
            throw new TribunalException(
                    CommonError.INVALID_REQUEST, "The registration has " + errors.size() + " mistake(s).", errors);
        }
        if (builtIn.has(given.name())) {
            throw new TribunalException(
                    RegistryError.JUDGE_VERSION_EXISTS,
                    "'" + given.name() + "' is a judge that ships with the service; choose another name.");
        }
        Registration registration = Registration.of(given);
        String canonical = registration.canonicalJson();
        RegisteredJudge judge = new RegisteredJudge(
                given.name(),
                given.version(),
                Registration.sha256(canonical),
                canonical,
                Instant.now().truncatedTo(ChronoUnit.MICROS));
        if (registered.findByNameAndVersion(given.name(), given.version()).isPresent()) {
            throw versionExists(given);
        }
        try {
            judge = registered.saveAndFlush(judge);
        } catch (DataIntegrityViolationException somebodyElseWasFaster) {
            throw versionExists(given);
        }
        probeInBackground(judge);
        return resource(judge);
    }

    private static TribunalException versionExists(JudgeRegistration given) {
        return new TribunalException(
                RegistryError.JUDGE_VERSION_EXISTS,
                given.name() + "@" + given.version() + " is registered already, and a version never changes: "
                        + "register another version, or probe this one again.");
    }

    /** A page in the order of name and version, one row more than the limit if there are more. */
    List<JudgeResource> list(@Nullable String afterName, @Nullable String afterVersion, int limit) {
        List<JudgeResource> page = new ArrayList<>();
        for (BuiltIn judge : builtIn.all()) {
            page.add(judge.resource());
        }
        registered.after(orEmpty(afterName), orEmpty(afterVersion), Limit.of(limit + 1)).stream()
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
        return builtIn.find(name, version).map(BuiltIn::resource).orElseGet(() -> resource(requiredRow(name, version)));
    }

    /** Puts a judge that failed the gate, or is still in it, to the gate again. */
    JudgeResource probe(String name, String version) {
        RegisteredJudge judge = move(name, version, State.PROBING, Set.of(State.REJECTED, State.PROBING));
        probeInBackground(judge);
        return resource(judge);
    }

    /** Runs that name it go on; {@code latest} no longer means it. */
    JudgeResource drain(String name, String version) {
        return resource(move(name, version, State.DRAINING, Set.of(State.ACTIVE, State.DRAINING)));
    }

    /** It is asked no more. */
    JudgeResource retire(String name, String version) {
        return resource(move(name, version, State.RETIRED, Set.of(State.values())));
    }

    private RegisteredJudge move(String name, String version, State next, Set<State> from) {
        if (builtIn.find(name, version).isPresent()) {
            throw new TribunalException(
                    RegistryError.JUDGE_STATE_CONFLICT, name + "@" + version + " ships with the service and stays.");
        }
        RegisteredJudge judge = requiredRow(name, version);
        if (!from.contains(judge.state())) {
            throw new TribunalException(
                    RegistryError.JUDGE_STATE_CONFLICT,
                    name + "@" + version + " is " + judge.state().name().toLowerCase(Locale.ROOT)
                            + " and cannot become " + next.name().toLowerCase(Locale.ROOT) + ".");
        }
        judge.moveTo(next);
        return registered.saveAndFlush(judge);
    }

    /** Those that a stop of the service left in the gate. */
    @EventListener(ApplicationReadyEvent.class)
    void probeAgain() {
        registered.findByState(State.PROBING).forEach(this::probeInBackground);
    }

    private void probeInBackground(RegisteredJudge judge) {
        String name = judge.name();
        String version = judge.version();
        Registration registration = Registration.fromJson(judge.registration());
        surroundings.threads().submit(() -> {
            try {
                decide(name, version, gate.check(registration, secret(registration)));
            } catch (RuntimeException e) {
                log.error("probing judge {}@{} failed", name, version, e);
                decide(name, version, List.of(new Check("gate", false, "the gate failed: " + e)));
            }
        });
    }

    private void decide(String name, String version, List<Check> report) {
        RegisteredJudge judge = requiredRow(name, version);
        if (judge.state() == State.PROBING) {
            boolean passed = report.stream().allMatch(Check::passed);
            judge.decide(passed, json.writeValueAsString(report));
            registered.saveAndFlush(judge);
            log.info("judge {}@{} is {}", name, version, judge.state());
        }
    }

    private RegisteredJudge requiredRow(String name, String version) {
        return row(name, version)
                .orElseThrow(() -> new TribunalException(
                        RegistryError.JUDGE_NOT_FOUND, unknown(name, version)));
    }

    private Optional<RegisteredJudge> row(String name, String version) {
        return version.equals(RegistrationCheck.LATEST)
                ? registered.findFirstByNameAndStateOrderByIdDesc(name, State.ACTIVE)
                : registered.findByNameAndVersion(name, version);
    }

    private String unknown(String name, String version) {
        String missing = builtIn.whyMissing(name);
        return "There is no judge '" + name + "@" + version + "': "
                + (missing != null ? missing : "GET /v1/judges lists the judges that there are");
    }

    private JudgeLine line(RegisteredJudge judge) {
        return lines.computeIfAbsent(judge.digest(), digest -> {
            Registration registration = Registration.fromJson(judge.registration());
            HttpCall call = new HttpCall(http, registration.url(), secret(registration), json);
            return JudgeLine.to(judge.name(), judge.version(), registration.limits(), call, surroundings);
        });
    }

    private @Nullable String secret(Registration registration) {
        return registration.secretRef() == null ? null : properties.secret(registration.secretRef());
    }

    private JudgeResource resource(RegisteredJudge judge) {
        Registration registration = Registration.fromJson(judge.registration());
        JudgeLine line = lines.get(judge.digest());
        return new JudgeResource(
                judge.name(),
                judge.version(),
                Kind.EXTERNAL,
                judge.state(),
                judge.digest(),
                null,
                registration.url(),
                registration.deterministic(),
                Math.toIntExact(registration.limits().timeout().toMillis()),
                registration.limits().maxBatchItems(),
                registration.limits().maxInFlight(),
                List.of(json.readValue(judge.report(), Check[].class)),
                line == null ? NEVER_ASKED : line.health(),
                judge.createdAt());
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
