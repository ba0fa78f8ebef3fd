package dev.tribunal.servicekit.caller;

import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.springframework.http.server.PathContainer;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPattern.PathMatchInfo;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Holds every route of a resource to the namespaces of its caller, so that no controller can forget to: what is not seen is
 * not there, and what is seen but not the caller's is not changed.
 */
public final class NamespaceGuard implements WebMvcConfigurer, HandlerInterceptor {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final List<Resource> resources;

    public NamespaceGuard(Resource... resources) {
        this.resources = List.of(resources);
    }

    /**
     * A kind of resource.
     *
     * @param path of one and all below it: <code>/v1/runs/{id}/**</code>
     * @param namespace of the one that the path's variables name; empty if there is none
     * @param absent what is answered where there is none
     * @param uses whole paths to which a POST uses the resource and does not change it
     */
    public record Resource(
            PathPattern path,
            Function<Map<String, String>, Optional<String>> namespace,
            Function<Map<String, String>, TribunalException> absent,
            List<PathPattern> uses) {

        public Resource(
                String path,
                Function<Map<String, String>, Optional<String>> namespace,
                Function<Map<String, String>, TribunalException> absent,
                Set<String> uses) {
            this(
                    PathPatternParser.defaultInstance.parse(path),
                    namespace,
                    absent,
                    uses.stream().map(PathPatternParser.defaultInstance::parse).toList());
        }

        private boolean isUsed(String method, PathContainer asked) {
            return method.equals("POST") && uses.stream().anyMatch(use -> use.matches(asked));
        }
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        Caller caller = Caller.current();
        if (caller.namespaces() == null) {
            return true;
        }
        PathContainer path = PathContainer.parsePath(request.getRequestURI());
        for (Resource resource : resources) {
            PathMatchInfo match = resource.path().matchAndExtract(path);
            if (match != null) {
                require(caller, resource, match.getUriVariables(), request.getMethod(), path);
            }
        }
        return true;
    }

    private static void require(
            Caller caller, Resource resource, Map<String, String> variables, String method, PathContainer path) {
        Optional<String> namespace = resource.namespace().apply(variables);
        // In the same words in both cases: a controller may have others for what there never was.
        if (namespace.isEmpty() || !caller.sees(namespace.get())) {
            throw resource.absent().apply(variables);
        }
        boolean changes = !SAFE.contains(method) && !resource.isUsed(method, path);
        if (changes && !caller.changes(namespace.get())) {
            throw new TribunalException(
                    CommonError.FORBIDDEN,
                    "This is in the namespace '" + namespace.get()
                            + "', which your token may look into and not change.");
        }
    }
}
