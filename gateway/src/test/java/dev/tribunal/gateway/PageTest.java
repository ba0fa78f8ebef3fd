package dev.tribunal.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

class PageTest extends RunningGateway {

    /** What turns text into markup or code. */
    private static final Pattern DANGEROUS =
            Pattern.compile("[iI]nnerHTML|outerHTML|insertAdjacentHTML|document\\.write|DOMParser|setHTML"
                    + "|srcdoc|\\beval\\b|new Function");

    private static final Pattern EXTERNAL = Pattern.compile("(?:https?:)?//[a-z0-9.-]+\\.[a-z]{2,}");
    private static final Pattern REFERENCE = Pattern.compile("(?:from|href=|src=) ?['\"](\\.?/[^'\"#]*)['\"]");

    static Stream<String> files() throws IOException {
        Resource[] files = new PathMatchingResourcePatternResolver().getResources("classpath:/gateway-pages/**/*.*");
        return Stream.of(files)
                .map(Resource::getFilename)
                .map(name -> name.equals("index.html") ? "/" : "/page/" + name);
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileNeedsNoTokenAndNothingFromElsewhere(String path) throws Exception {
        HttpResponse<String> answer = withoutToken(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        // The name of SVG's namespace is not an address.
        assertThat(answer.body().replace("http://www.w3.org/2000/svg", "")).doesNotContainPattern(EXTERNAL);
        assertThat(answer.body()).doesNotContainPattern(DANGEROUS);
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        // The files of every build have the same time, so it must not decide what a browser keeps.
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(answer.headers().firstValue("Last-Modified")).isEmpty();
    }

    @Test
    void everythingThatThePageLoadsIsThere() throws Exception {
        Set<String> loaded = new TreeSet<>();
        for (String path : files().toList()) {
            REFERENCE
                    .matcher(withoutToken(path).body())
                    .results()
                    .map(PageTest::absolute)
                    .forEach(loaded::add);
        }

        assertThat(loaded)
                .contains("/page/main.js", "/page/style.css", "/page/icon.svg", "/page/samples.js")
                .anyMatch(path -> path.startsWith("/webjars/uplot/"))
                .anyMatch(path -> path.startsWith("/_static/htm/"));
        for (String path : loaded) {
            assertThat(withoutToken(path).statusCode()).as(path).isEqualTo(200);
        }
    }

    @Test
    void scriptsAndStylesHaveTheTypesThatNosniffDemands() throws Exception {
        assertThat(type("/")).startsWith("text/html");
        assertThat(type("/page/main.js")).startsWith("text/javascript");
        assertThat(type("/page/style.css")).startsWith("text/css");
        assertThat(type("/page/icon.svg")).startsWith("image/svg+xml");
    }

    @Test
    void theDescriptionOfTheApiNeedsNoToken() throws Exception {
        HttpResponse<String> answer = withoutToken("/v1/openapi.json");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(answer.body()).path("openapi").asString()).isEqualTo("3.1.0");
    }

    private String type(String path) throws Exception {
        return withoutToken(path).headers().firstValue("Content-Type").orElseThrow();
    }

    private HttpResponse<String> withoutToken(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    private static String absolute(MatchResult reference) {
        return reference.group(1).replaceFirst("^\\./", "/page/");
    }
}
