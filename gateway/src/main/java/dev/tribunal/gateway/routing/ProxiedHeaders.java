package dev.tribunal.gateway.routing;

import dev.tribunal.servicekit.error.RequestId;
import dev.tribunal.servicekit.trace.Span;
import java.util.ArrayList;
import java.util.List;
import org.springframework.cloud.gateway.server.mvc.filter.HttpHeadersFilter.RequestHttpHeadersFilter;
import org.springframework.cloud.gateway.server.mvc.filter.HttpHeadersFilter.ResponseHttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;

/**
 * Which headers pass, beside what Spring Cloud Gateway takes out itself (hop-by-hop headers by name, forwarded
 * headers). {@code traceparent} passes as it is, or says that the gateway is between, if that is traced; who the caller is, {@link ServiceExchange} says.
 */
@Configuration(proxyBeanMethods = false)
class ProxiedHeaders {

    /** Before the gateway's filters, which remove {@code Connection} and with it the names it lists. */
    @Bean
    @Order(0)
    RequestHttpHeadersFilter requestHeaders() {
        return (headers, request) -> {
            HttpHeaders passed = withoutThoseOfTheConnection(headers);
            passed.remove(HttpHeaders.EXPECT); // answered here
            passed.remove(HttpHeaders.COOKIE);
            Span.current().tell(passed::set);
            passed.set(RequestId.HEADER, RequestId.of(request.servletRequest()));
            return passed;
        };
    }

    @Bean
    @Order(0)
    ResponseHttpHeadersFilter responseHeaders() {
        return (headers, response) -> {
            HttpHeaders passed = withoutThoseOfTheConnection(headers);
            passed.remove(RequestId.HEADER); // this service's answer already has it
            passed.remove(HttpHeaders.SET_COOKIE);
            return passed;
        };
    }

    private static HttpHeaders withoutThoseOfTheConnection(HttpHeaders headers) {
        HttpHeaders passed = HttpHeaders.copyOf(headers);
        List<String> named = new ArrayList<>(headers.getConnection());
        named.forEach(passed::remove);
        return passed;
    }
}
