/** A walk through the resources of a configuration. */
import type { Resource } from './model.ts';

/** Every resource of the tree, collections before what is inside. */
export function* everyResource(resources: readonly Resource[]): Generator<Resource> {
  for (const resource of resources) {
    yield resource;
    switch (resource.kind) {
      case 'primitive':
        break;
      case 'group':
        yield* resource.members;
        break;
      case 'clone':
        yield* everyResource([resource.child]);
        break;
      case 'bundle':
        if (resource.child !== undefined) yield resource.child;
        break;
    }
  }
}
