package dev.tribunal.gateway.access;

import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.ProblemWriter;
import dev.tribunal.servicekit.http.HttpProperties;
import jakarta.servlet.Filter;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.BeanIds;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Spring Security's part: its firewall, then the caller, the audit log and the rules, in this order. */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
@EnableConfigurationProperties(AccessProperties.class)
class AccessConfiguration {

    /** After the request's id and the answer's headers. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

    /** Callers whose limits are remembered. */
    private static final int MAX_LIMITS = 10_000;

    @Bean
    SignIn signIn(HttpProperties http, AccessTokens tokens, AccessProperties properties) {
        return new SignIn(
                http.requiredToken(),
                tokens,
                properties.oidc().issuer() == null ? null : new OidcTokens(properties.oidc()));
    }

    /** Whoever asks: what says that the gateway lives, the dashboard's files, the API's description. */
    @Bean
    @Order(1)
    SecurityFilterChain openPaths(HttpSecurity http, HttpProperties properties) {
        List<String> open = Stream.concat(Stream.of("/health/**"), properties.openPaths().stream())
                .toList();
        RequestMatcher isOpen = request -> open.stream().anyMatch(pattern -> matches(pattern, request.getRequestURI()));
        return bare(http)
                .securityMatcher(isOpen)
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    /** An exact path, or a prefix that ends in {@code /**}. */
    private static boolean matches(String pattern, String path) {
        return pattern.endsWith("/**")
                ? path.startsWith(pattern.substring(0, pattern.length() - 2))
                : path.equals(pattern);
    }

    @Bean
    @Order(2)
    SecurityFilterChain callers(
            HttpSecurity http, SignIn signIn, AuditLog log, AccessProperties properties, ProblemWriter problems) {
        Authorization authorization = new Authorization(problems);
        AuditFilter audit = new AuditFilter(log, problems);
        AuthenticationFilter authentication = new AuthenticationFilter(
                signIn, new RateLimits(properties.requestsPerSecond(), MAX_LIMITS), audit, problems);
        return bare(http)
                .addFilterBefore(audit, ExceptionTranslationFilter.class)
                .addFilterBefore(authentication, AuditFilter.class)
                .exceptionHandling(handling -> handling.accessDeniedHandler(authorization))
                .authorizeHttpRequests(requests -> requests.anyRequest().access(authorization))
                .build();
    }

    /** Without all that is for browsers that sign in by forms and cookies: a bearer token comes with each request. */
    private static HttpSecurity bare(HttpSecurity http) {
        return http.csrf(csrf -> csrf.disable())
                .headers(headers -> headers.disable())
                .logout(logout -> logout.disable())
                .requestCache(cache -> cache.disable())
                .anonymous(anonymous -> anonymous.disable())
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS));
    }

    @Bean
    StrictHttpFirewall firewall() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setUnsafeAllowAnyHttpMethod(true); // the rules have those that there are
        return firewall;
    }

    @Bean
    RequestRejectedHandler rejected(ProblemWriter problems) {
        return (request, response, rejected) -> problems.write(
                request,
                response,
                CommonError.MALFORMED_REQUEST,
                "The path or a header has characters that could mean two things, such as an encoded slash, a semicolon or a"
                        + " doubled slash; write it plainly.");
    }

    @Bean
    FilterRegistrationBean<Filter> door(@Qualifier(BeanIds.SPRING_SECURITY_FILTER_CHAIN) Filter chains) {
        FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(chains);
        registration.setOrder(ORDER);
        return registration;
    }
}
