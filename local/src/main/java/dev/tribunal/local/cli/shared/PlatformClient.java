package dev.tribunal.local.cli.shared;

import dev.tribunal.contracts.access.v1.AccessTokensApi;
import dev.tribunal.contracts.access.v1.CallerApi;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardEvaluationsApi;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonsApi;
import dev.tribunal.contracts.runs.v1.generation.GenerationsApi;
import dev.tribunal.contracts.runs.v1.label.LabelsApi;
import dev.tribunal.contracts.runs.v1.lineage.LineageApi;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementsApi;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.platform.Address;
import dev.tribunal.servicekit.http.ServiceClients;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The public API of one platform. */
public final class PlatformClient {

    /** Creating a run validates all of its spec and asks every judge and reward model it names. */
    private static final Duration READ_TIMEOUT = Duration.ofMinutes(2);

    private static final String NAMESPACE = "Tribunal-Namespace";

    private final Address address;
    private final ServiceClients clients;

    public PlatformClient(Address address) {
        this(address, null);
    }

    /** @param namespace that every request keeps to; null for all of the token's */
    public PlatformClient(Address address, @Nullable String namespace) {
        this.address = address;
        this.clients = new ServiceClients(
                address.token(), namespace == null ? Map.of() : Map.of(NAMESPACE, namespace), new JsonMapper());
    }

    public Address address() {
        return address;
    }

    public AccessTokensApi accessTokens() {
        return clients.client(AccessTokensApi.class, address.url(), READ_TIMEOUT);
    }

    public CallerApi caller() {
        return clients.client(CallerApi.class, address.url(), READ_TIMEOUT);
    }

    public RunsApi runs() {
        return clients.client(RunsApi.class, address.url(), READ_TIMEOUT);
    }

    public LabelsApi labels() {
        return clients.client(LabelsApi.class, address.url(), READ_TIMEOUT);
    }

    public LineageApi lineage() {
        return clients.client(LineageApi.class, address.url(), READ_TIMEOUT);
    }

    public ComparisonsApi comparisons() {
        return clients.client(ComparisonsApi.class, address.url(), READ_TIMEOUT);
    }

    public RejudgementsApi rejudgements() {
        return clients.client(RejudgementsApi.class, address.url(), READ_TIMEOUT);
    }

    public GenerationsApi generations() {
        return clients.client(GenerationsApi.class, address.url(), READ_TIMEOUT);
    }

    public JudgeRegistryApi judges() {
        return clients.client(JudgeRegistryApi.class, address.url(), READ_TIMEOUT);
    }

    public JudgementApi judgements() {
        return clients.client(JudgementApi.class, address.url(), READ_TIMEOUT);
    }

    public RewardEvaluationsApi rewardEvaluations() {
        return clients.client(RewardEvaluationsApi.class, address.url(), READ_TIMEOUT);
    }

    public RewardApi rewardModels() {
        return clients.client(RewardApi.class, address.url(), READ_TIMEOUT);
    }
}
