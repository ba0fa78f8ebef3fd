package dev.tribunal.gateway.access;

import dev.tribunal.contracts.access.v1.AccessTokenRequest;
import dev.tribunal.contracts.access.v1.AccessTokenResource;
import dev.tribunal.contracts.access.v1.AccessTokensApi;
import dev.tribunal.contracts.access.v1.IssuedToken;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import dev.tribunal.servicekit.page.Cursor;
import dev.tribunal.servicekit.page.Pages;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/tokens} */
@RestController
final class AccessTokensController implements AccessTokensApi {

    private final AccessTokens tokens;

    AccessTokensController(AccessTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public ResponseEntity<IssuedToken> create(String token, String contentType) {
        Input<AccessTokenRequest> input =
                InputReader.read(AccessTokenRequest.class, InputTree.parse(token, contentType));
        AccessTokenRequest request = input.value();
        List<FieldError> mistakes = input.mistakesAnd(
                request != null && Identity.BOOTSTRAP.equals(request.name())
                        ? List.of(new FieldError("/name", "is the first admin's own; choose another one"))
                        : List.of());
        if (!mistakes.isEmpty()) {
            throw TribunalException.ofMistakes("The access token", mistakes);
        }
        IssuedToken issued = tokens.create(input.required(), admin());
        return ResponseEntity.created(URI.create("/v1/tokens/" + issued.token().name()))
                .body(issued);
    }

    @Override
    public Page<AccessTokenResource> list(@Nullable String cursor, @Nullable Integer limit) {
        int count = Objects.requireNonNull(limit);
        String after = cursor == null ? null : Cursor.position(cursor, name -> name);
        return Pages.of(tokens.page(after, count + 1, admin()), count, AccessTokenResource::name);
    }

    @Override
    public AccessTokenResource get(String name) {
        return tokens.get(name, admin());
    }

    @Override
    public IssuedToken rotate(String name) {
        return tokens.rotate(name, admin());
    }

    @Override
    @ResponseStatus(HttpStatus.NO_CONTENT)
    public void revoke(String name) {
        tokens.revoke(name, admin());
    }

    private static Identity admin() {
        return CallerAuthentication.current().identity();
    }
}
