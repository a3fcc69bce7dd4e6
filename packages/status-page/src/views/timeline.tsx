import { moment } from '../format/format.ts';
import { actorOf, detailOf, type TimelineEvent } from '../format/event-text.ts';

export interface TimelineProps {
  /** In the order of the page. */
  readonly events: readonly TimelineEvent[];
  /** Names of the services by id. */
  readonly names?: ReadonlyMap<string, string>;
}

export function Timeline({ events, names }: TimelineProps) {
  return (
    <ol class="timeline" role="list">
      {events.map((event, at) => {
        const about = names?.get(event.serviceId ?? '');
        const more = detailOf(event);
        return (
          <li key={`${event.at} ${String(events.length - at)}`} class={toneOf(event.level)}>
            <time dateTime={event.at}>{moment(event.at)}</time>
            <div>
              <p>
                {about !== undefined && <code>{about}</code>} {event.message}
                {more !== '' && `: ${more}`}
              </p>
              {event.level !== undefined && (
                <p class="about">
                  {event.level !== 'info' && `${event.level}, `}
                  {actorOf(event.caller)}
                </p>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

const toneOf = (level: string | undefined): string =>
  level === 'error' || level === 'warn' ? `event ${level}` : 'event';
