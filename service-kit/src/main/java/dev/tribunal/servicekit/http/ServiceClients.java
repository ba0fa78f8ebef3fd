package dev.tribunal.servicekit.http;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.servicekit.trace.Span;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.util.Timeout;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clients of the platform's own services, from the contracts' interfaces: pooled, bounded in time, with the bearer
 * token, for whom this service works itself, and the trace that it works in. A problem that the service answers is thrown as {@link UpstreamException} with the service's own words.
 */
public final class ServiceClients {

    private static final int MAX_CONNECTIONS = 64;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final String token;
    private final Map<String, String> headers;
    private final JsonMapper json;
    private final boolean betweenServices;

    /** @param token sent as bearer token with every request */
    public ServiceClients(String token, JsonMapper json) {
        this(token, Map.of(), json);
    }

    /** @param headers sent with every request, beside the token */
    public ServiceClients(String token, Map<String, String> headers, JsonMapper json) {
        this(token, headers, json, false);
    }

    private ServiceClients(String token, Map<String, String> headers, JsonMapper json, boolean betweenServices) {
        this.betweenServices = betweenServices;
        this.token = token;
        this.headers = Map.copyOf(headers);
        this.json = json;
    }

    /**
     * Of a service that asks the others. That one of them does not take the token is a mistake of the installation, which a
     * restart with the right one mends: it is thrown as 503, and what waits for a service that is away waits for it as well.
     *
     * @param token the services' own
     */
    public static ServiceClients betweenServices(String token, JsonMapper json) {
        return new ServiceClients(token, Map.of(), json, true);
    }

    /**
     * @param api a contract's interface
     * @param baseUrl for example {@code http://judge-service:8082}
     * @param readTimeout the longest silence of the service
     */
    public <T> T client(Class<T> api, String baseUrl, Duration readTimeout) {
        RestClientAdapter adapter = RestClientAdapter.create(restClient(baseUrl, readTimeout));
        return HttpServiceProxyFactory.builderFor(adapter).build().createClient(api);
    }

    /** For what an interface cannot say, such as streams. */
    public RestClient restClient(String baseUrl, Duration readTimeout) {
        return RestClient.builder()
                .baseUrl(baseUrl)
                .requestFactory(new HttpComponentsClientHttpRequestFactory(httpClient(readTimeout)))
                .defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + token)
                .defaultHeaders(all -> headers.forEach(all::set))
                .requestInitializer(request -> Caller.current().tell(request.getHeaders()))
                .defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {
                    throw betweenServices && response.getStatusCode().isSameCodeAs(HttpStatus.UNAUTHORIZED)
                            ? tokenRefused(baseUrl)
                            : upstreamProblem(response);
                })
                .build();
    }

    private static CloseableHttpClient httpClient(Duration readTimeout) {
        Timeout read = Timeout.of(readTimeout);
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        // The defaults (25 in all, 5 a route) would make calls to one service queue.
                        .setMaxConnTotal(MAX_CONNECTIONS)
                        .setMaxConnPerRoute(MAX_CONNECTIONS)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(Timeout.of(CONNECT_TIMEOUT))
                                .setSocketTimeout(read)
                                .build())
                        .build())
                .setDefaultRequestConfig(
                        RequestConfig.custom().setResponseTimeout(read).build())
                .addExecInterceptorFirst("trace", ServiceClients::traced)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .build();
    }

    private static UpstreamException tokenRefused(String baseUrl) {
        return new UpstreamException(
                HttpStatus.SERVICE_UNAVAILABLE,
                "service_token_refused",
                "The service at " + baseUrl + " does not take this service's token. Set tribunal.http.token"
                        + " (TRIBUNAL_HTTP_TOKEN) of all services to the same secret, and tribunal.gateway.service-token of"
                        + " the gateway to it, too.",
                List.of());
    }

    private static ClassicHttpResponse traced(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        try (Span call = Span.call(request)) {
            try {
                ClassicHttpResponse response = chain.proceed(request, scope);
                call.answered(response.getCode());
                return response;
            } catch (IOException e) {
                call.failed(e.getClass().getSimpleName());
                throw e;
            }
        }
    }

    private UpstreamException upstreamProblem(ClientHttpResponse response) throws IOException {
        HttpStatus known = HttpStatus.resolve(response.getStatusCode().value());
        HttpStatus status = known == null ? HttpStatus.BAD_GATEWAY : known; // a proxy's 520, for example
        JsonNode body;
        try {
            body = json.readTree(response.getBody().readNBytes(1 << 20));
        } catch (RuntimeException notJson) {
            return new UpstreamException(status, "http_" + status.value(), status.getReasonPhrase(), List.of());
        }
        List<FieldError> errors = new ArrayList<>();
        body.path("errors")
                .forEach(error -> errors.add(new FieldError(
                        error.path("pointer").asString(""), error.path("detail").asString(""))));
        return new UpstreamException(
                status,
                body.path("code").asString("http_" + status.value()),
                body.path("detail").asString(status.getReasonPhrase()),
                errors);
    }
}
