package dev.tribunal.gateway.routing;

import dev.tribunal.gateway.access.CurrentCaller;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.http.HttpProperties;
import dev.tribunal.servicekit.http.Pace;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.server.mvc.common.MvcUtils;
import org.springframework.cloud.gateway.server.mvc.handler.ProxyExchange;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Sends a request on to its service. Spring Cloud Gateway's own exchange reads an abandoned answer to its end, which
 * for an event stream may be hours away; this one breaks it off, and knows one time limit for streams and another for
 * the rest.
 */
@Component
final class ServiceExchange implements ProxyExchange, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ServiceExchange.class);
    private static final int MAX_CONNECTIONS_TO_A_SERVICE = 512;

    private final CloseableHttpClient client;
    private final RequestConfig bounded;
    private final RequestConfig stream;
    private final Duration clientPatience;
    private final String authorization;
    private final CurrentCaller callers;

    ServiceExchange(GatewayProperties properties, HttpProperties http, CurrentCaller callers) {
        this.authorization = "Bearer " + properties.requiredServiceToken(http.requiredToken());
        this.callers = callers;
        this.client = client(properties);
        this.bounded = RequestConfig.custom()
                .setConnectionRequestTimeout(Timeout.of(properties.connectTimeout()))
                .setResponseTimeout(Timeout.of(properties.readTimeout()))
                .build();
        this.stream =
                RequestConfig.copy(bounded).setResponseTimeout(Timeout.DISABLED).build();
        this.clientPatience = http.clientPatience();
    }

    @Override
    public ServerResponse exchange(Request request) {
        String service = String.valueOf(request.getServerRequest().attributes().get(MvcUtils.GATEWAY_ROUTE_ID_ATTR));
        HttpClientContext context = HttpClientContext.create();
        context.setRequestConfig(asksForStream(request.getHeaders()) ? stream : bounded);
        try {
            HttpUriRequestBase outgoing = outgoing(request);
            ClassicHttpResponse answer = client.executeOpen(null, outgoing, context);
            var response =
                    new ServiceResponse(service, outgoing, answer, new Pace(clientPatience), callers.admission());
            request.getResponseConsumers().forEach(consumer -> consumer.accept(response, response));
            return response;
        } catch (InterruptedIOException timeout) {
            log.warn("The {} service did not answer in time: {}", service, timeout.getMessage());
            throw new TribunalException(
                    CommonError.UPSTREAM_TIMEOUT,
                    "The " + service + " service did not answer in time. Try again; if it goes on, see its log.",
                    timeout);
        } catch (IOException unreachable) {
            log.warn("The {} service cannot be reached: {}", service, unreachable.toString());
            throw new TribunalException(
                    CommonError.UPSTREAM_UNREACHABLE,
                    "The " + service + " service cannot be reached. Check that it runs and that tribunal.gateway."
                            + service + "-url names it.",
                    unreachable);
        }
    }

    private HttpUriRequestBase outgoing(Request request) throws IOException {
        var outgoing = new HttpUriRequestBase(request.getMethod().name(), request.getUri());
        headers(request.getHeaders())
                .forEach((name, values) -> values.forEach(value -> outgoing.addHeader(name, value)));
        HttpServletRequest incoming = request.getServerRequest().servletRequest();
        long length = incoming.getContentLengthLong();
        if (length > 0 || incoming.getHeader(HttpHeaders.TRANSFER_ENCODING) != null) {
            outgoing.setEntity(new InputStreamEntity(incoming.getInputStream(), length, null));
        }
        return outgoing;
    }

    /**
     * Last of all, when no other header can take them away any more: the services' own token in the place of the caller's,
     * and who the caller is in the place of whatever the client may have written there.
     */
    private HttpHeaders headers(HttpHeaders received) {
        HttpHeaders sent = new HttpHeaders();
        received.forEach((name, values) -> {
            if (!name.regionMatches(true, 0, Caller.HEADER_PREFIX, 0, Caller.HEADER_PREFIX.length())
                    && !name.equalsIgnoreCase(HttpHeaders.CONNECTION)) {
                sent.addAll(name, values);
            }
        });
        sent.set(HttpHeaders.AUTHORIZATION, authorization);
        callers.caller().writeTo(sent);
        return sent;
    }

    private static boolean asksForStream(HttpHeaders headers) {
        String accept = headers.getFirst(HttpHeaders.ACCEPT);
        return accept != null && accept.contains(MediaType.TEXT_EVENT_STREAM_VALUE);
    }

    private static CloseableHttpClient client(GatewayProperties properties) {
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(3 * MAX_CONNECTIONS_TO_A_SERVICE)
                        .setMaxConnPerRoute(MAX_CONNECTIONS_TO_A_SERVICE)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(Timeout.of(properties.connectTimeout()))
                                .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                                .build())
                        .build())
                // What a service says, the client decides about: redirects, cookies, compression.
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableDefaultUserAgent()
                .build();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
