package dev.tribunal.trainer.store;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.query.Param;

interface RunRepository extends JpaRepository<RunEntity, String> {

    /** Waits for other writers of the run. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select run from RunEntity run where run.id = :id")
    Optional<RunEntity> lock(@Param("id") String id);

    Optional<RunEntity> findByNamespaceAndIdempotencyKey(String namespace, String idempotencyKey);

    /**
     * Newest first.
     *
     * @param labels a JSON object of labels that the run has to have
     * @param judge {@code NAME@VERSION} that its spec has to pin anywhere
     * @param ended whether nothing can change any more
     * @param namespaces with commas between them; null for all
     * @param before only older runs than this id
     */
    @Query(nativeQuery = true, value = """
            select * from trainer.runs
            where (cast(:state as text) is null or state = :state)
              and labels @> cast(:labels as jsonb)
              and (cast(:judge as text) is null
                   or jsonb_path_exists(spec, '$.**.judge ? (@ == $judge)', jsonb_build_object('judge', cast(:judge as text))))
              and (cast(:ended as boolean) is null
                   or (state in ('succeeded', 'failed', 'cancelled')) = cast(:ended as boolean))
              and (cast(:namespaces as text) is null or namespace = any(string_to_array(:namespaces, ',')))
              and (cast(:before as text) is null or id < :before)
            order by id desc limit :limit""")
    List<RunEntity> page(
            @Param("state") @Nullable String state,
            @Param("labels") String labels,
            @Param("judge") @Nullable String judge,
            @Param("ended") @Nullable Boolean ended,
            @Param("namespaces") @Nullable String namespaces,
            @Param("before") @Nullable String before,
            @Param("limit") int limit);
}
